// Whose sale it is: finding a customer, and adding one without leaving the register.

const WAIT = 150;

export function customers({ api, text, money }) {
  let timer = null;
  let request = null;

  return {
    finding: { text: "", results: [], picked: -1, isLoading: false, error: "", isAdding: false },
    adding: { name: "", phone: "", email: "", error: "", isSaving: false },

    openCustomers() {
      if (this.isLocked) return;
      this.finding = { text: "", results: [], picked: -1, isLoading: false, error: "", isAdding: false };
      this.show("customers");
      this.findCustomers();
    },

    customerTyped() {
      this.finding.picked = -1;
      clearTimeout(timer);
      timer = setTimeout(() => this.findCustomers(), WAIT);
    },

    async findCustomers() {
      clearTimeout(timer);
      request?.abort();
      const mine = (request = new AbortController());
      this.finding.isLoading = true;
      try {
        const answer = await api.get("customers", { q: this.finding.text.trim() }, { signal: mine.signal });
        if (mine !== request) return;
        this.finding.results = answer.results;
        this.finding.error = "";
      } catch (error) {
        if (error.code === "aborted" || mine !== request) return;
        this.finding.error = error.message;
        this.troubled(error);
      }
      this.finding.isLoading = false;
    },

    pickCustomer(step) {
      const last = this.finding.results.length - 1;
      this.finding.picked = Math.min(Math.max(this.finding.picked + step, 0), last);
      this.$nextTick(() => {
        this.dialog("customers").querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
      });
    },

    // Enter: the picked one, else the only one.
    takePicked() {
      const { results, picked } = this.finding;
      const customer = results[picked] || (results.length === 1 ? results[0] : null);
      if (customer) this.setCustomer(customer);
    },

    setCustomer(customer) {
      const { then } = this.finding;
      if (then && customer) {
        this.finding.then = null;
        this.hide("customers");
        then(customer);
        return;
      }
      this.customer = customer;
      this.sale = null;
      this.hide("customers");
      this.announce(customer ? text("customerIs", { name: customer.name }) : text("customerNone"));
      this.changed();
      this.refocus();
    },

    customerLine(customer) {
      const parts = [];
      if (customer.level) parts.push(this.levelText(customer));
      if (this.hasDues(customer)) parts.push(text("owes", { amount: money().amount(customer.due) }));
      if (money().minor(customer.store_credit ?? "0") > 0) {
        parts.push(text("hasCredit", { amount: money().amount(customer.store_credit) }));
      }
      return parts.join(" · ");
    },

    accountLine(customer) {
      const parts = [this.customerLine(customer)];
      if (customer.credit_limit) parts.push(text("creditLimit", { amount: money().amount(customer.credit_limit) }));
      return parts.filter(Boolean).join(" · ");
    },

    levelText(customer) {
      const percent = Number(customer.discount_percent) ? ` −${money().quantity(customer.discount_percent)} %` : "";
      return customer.level + percent;
    },

    hasDues(customer) {
      return money().minor(customer.due) > 0;
    },

    startAdding() {
      const typed = this.finding.text.trim();
      const isPhone = /^[+\d\s()/-]+$/.test(typed);
      const isEmail = typed.includes("@");
      this.adding = {
        name: isPhone || isEmail ? "" : typed,
        phone: isPhone ? typed : "",
        email: isEmail ? typed : "",
        error: "",
        isSaving: false,
      };
      this.finding.isAdding = true;
      this.$nextTick(() => this.dialog("customers").querySelector("[data-new-name]")?.focus());
    },

    stopAdding() {
      this.finding.isAdding = false;
      this.$nextTick(() => this.focusIn(this.dialog("customers")));
    },

    async saveCustomer() {
      const { name, phone, email } = this.adding;
      if (!name.trim()) {
        this.adding.error = text("nameNeeded");
        this.dialog("customers").querySelector("[data-new-name]")?.focus();
        return;
      }
      this.adding.isSaving = true;
      this.adding.error = "";
      try {
        this.setCustomer(await api.post("customers", { name: name.trim(), phone: phone.trim(), email: email.trim() }));
      } catch (error) {
        this.adding.error = error.message;
        this.troubled(error);
      }
      this.adding.isSaving = false;
    },
  };
}

// Carts put aside, and taken up again at any register of the store.

export function parked({ api, text }) {
  return {
    parkedOrders: [],
    parkedError: "",
    isLoadingParked: false,
    parking: { label: "", error: "", isSaving: false },
    discarding: { id: null, label: "", reason: "", error: "" },

    async refreshParked() {
      this.isLoadingParked = true;
      try {
        this.parkedOrders = (await api.get("parked", { register: this.register.id })).results;
        this.parkedError = "";
      } catch (error) {
        this.parkedError = error.message;
        this.troubled(error);
      }
      this.isLoadingParked = false;
    },

    async openPark() {
      if (!(await this.settled()) || this.isLocked) return;
      if (this.isEmpty) {
        this.openParked();
        return;
      }
      if (this.refusesMoneyTaken()) return;
      this.parking = { label: this.parked?.label || "", error: "", isSaving: false };
      this.show("park");
    },

    async park() {
      if (this.parking.isSaving || !(await this.hasDeliveryAddress())) return false;
      this.parking.isSaving = true;
      this.parking.error = "";
      try {
        await api.post("parked", {
          ...this.cartBody(),
          label: this.parking.label.trim(),
          parked: this.parked?.id ?? null,
        });
      } catch (error) {
        this.parking.error = error.message;
        this.troubled(error);
        return false;
      } finally {
        this.parking.isSaving = false;
      }
      this.hide("park");
      this.emptyCart();
      this.say(text("parkedNow"));
      this.refreshParked();
      return true;
    },

    openParked() {
      if (this.isLocked) return;
      this.discarding.id = null;
      this.show("parked");
      this.refreshParked();
    },

    parkedTitle(order) {
      return order.label || order.customer || text("parkedUnnamed", { id: order.id });
    },

    parkedDetail(order) {
      const parts = [text("parkedItems", { count: order.items }), order.seller, this.clock(order.parked_at)];
      if (order.label && order.customer) parts.unshift(order.customer);
      return parts.join(" · ");
    },

    isHeldByOther(order) {
      return Boolean(order.held_by) && order.held_by !== this.shop.user.name;
    },

    async resume(order, takeOver = false) {
      if (!this.isEmpty && !(await this.putAside())) return;
      try {
        const path = `${order.id}/resume/`;
        const body = { register: this.register.id, take_over: takeOver };
        const found = await api.post("parked", body, { path });
        this.takeResumed(found);
      } catch (error) {
        if (error.code === "held" && !takeOver && this.shop.user.rights.take_over) {
          const yes = await this.ask(text("takeOverTitle"), error.message, text("takeOver"));
          if (yes) await this.resume(order, true);
          return;
        }
        this.parkedError = error.message;
        this.troubled(error);
        await this.refreshAfter(error.message);
      }
    },

    async refreshAfter(message) {
      await this.refreshParked();
      this.parkedError = message;
    },

    // One cart at a time: the current one is parked before another is taken up.
    async putAside() {
      if (this.pay.payments.length || this.exchange) {
        this.parkedError = text(this.exchange ? "exchangeFirst" : "paymentsFirst");
        return false;
      }
      const yes = await this.ask(text("parkFirstTitle"), text("parkFirst"), text("parkFirstYes"));
      if (!yes) return false;
      this.parking = { label: this.parked?.label || "", error: "", isSaving: false };
      const isParked = await this.park();
      if (!isParked) this.parkedError = this.parking.error;
      return isParked;
    },

    takeResumed(found) {
      this.sale = null;
      this.hide("parked");
      this.customer = found.customer;
      this.applySnapshot({
        lines: found.lines,
        customer: found.customer?.id ?? null,
        orderDiscount: found.order_discount,
        note: found.note,
        parked: { id: found.id, label: found.label },
        delivery: found.delivery,
      });
      this.changed();
      this.say(text("resumed", { label: this.parkedTitle({ ...found, customer: found.customer?.name }) }));
      this.refreshParked();
      this.refocus();
    },

    openDiscard(order) {
      this.discarding = { id: order.id, label: order.label || "", reason: "", error: "" };
      this.show("discard");
    },

    async discard(given = []) {
      if (!this.discarding.reason.trim()) {
        this.discarding.error = text("reasonNeeded");
        this.focusIn(this.dialog("discard"));
        return;
      }
      try {
        const body = { reason: this.discarding.reason.trim(), approvals: given };
        await api.post("parked", body, { path: `${this.discarding.id}/discard/` });
      } catch (error) {
        if (error.code === "approval_needed" && !given.length) {
          const body = { register: this.register.id, order: this.discarding.id };
          if (await this.askApproval(error.data.needs, body)) await this.discard(this.approvals);
          return;
        }
        this.discarding.error = error.message;
        this.troubled(error);
        return;
      }
      this.hide("discard");
      if (this.parked?.id === this.discarding.id) this.emptyCart();
      this.say(text("discarded"));
      this.refreshParked();
    },
  };
}

// Who sits at the register: changing seller by PIN, and the cover that comes when nobody touched it.

const ACTIVE = "tilldesk:active";
const UNTOLD = "tilldesk:lock-untold";
const CHECK = 5_000;
const PIN = /^\d{4,8}$/;

export function people({ api, text, remembered }) {
  let noted = 0;
  let isUntold = false;
  // Kept over a reload, too, as far as the browser keeps anything.
  const keepUntold = (value) => {
    isUntold = value;
    remembered.write(UNTOLD, value || null);
  };

  return {
    isScreenLocked: false,
    seats: { me: null, hasPin: false, list: [], isLoading: false },
    seat: { person: null, secret: "", byPassword: false, takesCart: false, error: "", isSending: false },

    // Looking away ---------------------------------------------------------------------------

    watchIdle() {
      this.noteInput();
      for (const name of ["pointerdown", "keydown", "wheel", "touchmove"]) {
        window.addEventListener(name, () => this.noteInput(), { capture: true, passive: true });
      }
      setInterval(() => this.lockWhenIdle(), CHECK);
    },

    // Kept where every tab of this browser sees it: whoever works in one is not away in another.
    noteInput() {
      const now = Date.now();
      if (this.isScreenLocked || now - noted < 1000) return;
      noted = now;
      remembered.write(ACTIVE, now);
    },

    lockWhenIdle() {
      const minutes = this.register?.idle_minutes ?? 0;
      if (!minutes || this.view !== "sell" || this.isScreenLocked || this.pending) return;
      const last = Math.max(noted, Number(remembered.read(ACTIVE)) || 0);
      if (Date.now() - last >= minutes * 60_000) this.lockScreen();
    },

    // The cover comes at once, also without a connection; the shop is told as soon as it answers,
    // if need be by the page that was loaded anew.
    lockScreen() {
      this.isMenuOpen = false;
      if (this.pending) return;
      this.cover();
      keepUntold(true);
      this.tellLock();
    },

    async tellLock() {
      if (!isUntold && !remembered.read(UNTOLD)) return;
      try {
        await api.post("lock", {});
        keepUntold(false);
      } catch (error) {
        if (error.isLost) setTimeout(() => this.tellLock(), CHECK);
        else keepUntold(false);
        if (error.isSignedOut) this.seat.error = error.message;
      }
    },

    cover() {
      this.isScreenLocked = true;
      this.openSeats();
    },

    // Changing seller ------------------------------------------------------------------------

    changeSeller() {
      this.isMenuOpen = false;
      if (this.isLocked) return;
      this.openSeats();
    },

    openSeats() {
      Object.assign(this.seat, { person: null, secret: "", takesCart: false, error: "", isSending: false });
      this.show("people");
      this.loadSeats();
    },

    async loadSeats() {
      this.seats.isLoading = true;
      try {
        const answer = await api.get("people", { register: this.register?.id ?? this.rememberedRegister });
        this.seats.list = answer.people;
        this.seats.me = answer.me;
        this.seats.hasPin = answer.has_pin;
        if (answer.is_locked) this.isScreenLocked = true;
        this.seat.person ??= this.isScreenLocked ? answer.me.id : null;
        this.seat.byPassword = this.isMe && !answer.has_pin;
      } catch (error) {
        this.seat.error = error.message;
      }
      this.seats.isLoading = false;
      this.focusSeat();
    },

    // The first name, or the field of whoever was chosen: shown one frame later, on a slow till a few.
    focusSeat(frames = 20) {
      const dialog = this.dialog("people");
      const target = dialog.querySelector(this.seat.person === null ? "[data-seat]" : "[data-focus]");
      if (!dialog.open || document.activeElement === target) return;
      target?.focus();
      if (document.activeElement !== target && frames) {
        requestAnimationFrame(() => this.focusSeat(frames - 1));
      }
    },

    // Whoever is signed in comes first on a locked register; without the lock there is nothing to change.
    get seatChoices() {
      const { me, list } = this.seats;
      const others = list.filter((each) => each.id !== me?.id);
      return this.isScreenLocked && me ? [me, ...others] : others;
    },

    get isMe() {
      return this.seat.person !== null && this.seat.person === this.seats.me?.id;
    },

    choosePerson(id) {
      Object.assign(this.seat, { person: id, secret: "", error: "", takesCart: false });
      this.seat.byPassword = this.isMe && !this.seats.hasPin;
      this.focusSeat();
    },

    togglePassword() {
      Object.assign(this.seat, { byPassword: !this.seat.byPassword, secret: "", error: "" });
      this.focusSeat();
    },

    typeDigit(digit) {
      if (this.seat.secret.length < 8) this.seat.secret += digit;
    },

    // A cart goes along only when it is nobody's yet: no money taken, not resumed, none waiting there.
    get canTakeCart() {
      if (this.view !== "sell" || this.isEmpty || this.parked || this.pay.payments.length || this.isMe) return false;
      return this.seat.person !== null && !remembered.read(this.cartKeyOf(this.seat.person))?.lines?.length;
    },

    cartKeyOf(person) {
      return `tilldesk:cart:${person}:${this.register.id}`;
    },

    async sitDown() {
      const { person, secret, byPassword } = this.seat;
      if (this.seat.isSending || person === null) return;
      if (!byPassword && !PIN.test(secret)) {
        this.refuseSeat(text("pinWrong"));
        return;
      }
      this.seat.isSending = true;
      this.seat.error = "";
      const register = this.register?.id ?? this.rememberedRegister;
      const proof = byPassword ? { password: secret } : { pin: secret };
      try {
        if (this.isMe) await api.post("unlock", { register, ...proof });
        else await api.post("switch", { register, person, pin: secret });
        this.satDown(person);
      } catch (error) {
        if (error.isSignedOut) location.reload();
        this.refuseSeat(error.message);
      }
      this.seat.isSending = false;
    },

    refuseSeat(message) {
      Object.assign(this.seat, { error: message, secret: "" });
      this.focusSeat();
    },

    // Another person starts from a fresh page, so that nothing of the last one is left in it.
    satDown(person) {
      keepUntold(false);
      if (!this.isMe) {
        if (this.seat.takesCart && this.canTakeCart) {
          remembered.write(this.cartKeyOf(person), remembered.read(this.cartKey));
          remembered.write(this.cartKey, null);
        }
        location.reload();
        return;
      }
      this.isScreenLocked = false;
      this.noteInput();
      this.hide("people");
      if (this.view !== "sell") this.start();
      else if (this.pending) this.attempt();
      else {
        this.reprice(0);
        this.refreshParked();
        this.refocus();
      }
    },

    closeSeats() {
      if (!this.isScreenLocked) this.hide("people");
    },

    // A browser may close any dialog on a second Escape: the cover comes back.
    seatsClosed() {
      if (this.isScreenLocked) this.show("people");
      else this.refocus();
    },
  };
}

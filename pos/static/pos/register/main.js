// Puts the register together and on to the page.

import { accounts } from "./accounts.js";
import { Api } from "./api.js";
import { approvals } from "./approvals.js";
import { cart } from "./cart.js";
import { catalog } from "./catalog.js";
import { checkout } from "./checkout.js";
import { customers } from "./customers.js";
import { delivery } from "./delivery.js";
import { dialogs } from "./dialogs.js";
import { display } from "./display.js";
import { documents } from "./documents.js";
import { drawer } from "./drawer.js";
import { keyboard } from "./keyboard.js";
import { Money } from "./money.js";
import { parked } from "./parked.js";
import { payment } from "./payment.js";
import { people } from "./people.js";
import { pricing } from "./pricing.js";
import { remembered } from "./remembered.js";
import { returns } from "./returns.js";
import { scanner } from "./scanner.js";
import { session } from "./session.js";
import { sounds } from "./sounds.js";

const parts = [
  session,
  dialogs,
  sounds,
  catalog,
  scanner,
  cart,
  pricing,
  customers,
  parked,
  delivery,
  display,
  payment,
  checkout,
  documents,
  returns,
  people,
  approvals,
  drawer,
  accounts,
  keyboard,
];

// Keeps getters as getters: they are what the page follows.
function compose(objects) {
  return objects.reduce(
    (whole, part) => Object.defineProperties(whole, Object.getOwnPropertyDescriptors(part)),
    {},
  );
}

// Translated texts stand in the page; "{name}" is filled in here.
function messages() {
  const texts = new Map();
  for (const each of document.getElementById("pos-messages").content.children) {
    texts.set(each.dataset.text, each.textContent.trim());
  }
  return (name, values = {}) =>
    (texts.get(name) ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// The cookie is the newer one: signing in again in another tab changes the token.
function csrfToken() {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  return cookie ? cookie[1] : document.querySelector("[name=csrfmiddlewaretoken]").value;
}

function register() {
  const text = messages();
  let money = null;
  let till = null;
  const api = new Api({
    urls: JSON.parse(document.getElementById("pos-register-urls").textContent),
    token: csrfToken,
    text,
    heard: (isOnline) => till.heard(isOnline),
    person: () => till?.shop?.user.id,
  });
  const shared = {
    api,
    text,
    remembered,
    money: () => money,
    ready: (shop) => (money = new Money(shop)),
    root: () => document.querySelector("[data-register]"),
  };
  const page = {
    isMenuOpen: false,
    text,

    init() {
      till = this;
      this.listen();
      this.watchPointers();
      this.watchIdle();
      this.watchDisplay();
      window.addEventListener("storage", (event) => this.heardFromOtherTab(event));
      window.addEventListener("online", () => this.cameBack());
      window.addEventListener("focus", () => this.cameBack());
      this.start();
    },

    toggleMenu() {
      this.isMenuOpen = !this.isMenuOpen;
    },
  };
  return compose([...parts.map((part) => part(shared)), page]);
}

// Unfold starts Alpine before modules run, so the page's markup waits in a template until its
// component is known; Alpine brings new elements to life by itself.
function mount() {
  window.Alpine.data("posRegister", register);
  const place = document.getElementById("pos-register-place");
  const page = document.getElementById("pos-register-page");
  place.replaceChildren(page.content.cloneNode(true));
}

if (window.Alpine) mount();
else document.addEventListener("alpine:init", mount, { once: true });

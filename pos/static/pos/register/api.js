// The register's requests. Every failure is an ApiError: with a status when the server answered,
// without one when nobody knows whether it did.

const TIMEOUT = 10_000;

export class ApiError extends Error {
  constructor(message, { status = 0, code = "", lines = [], data = {} } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.lines = lines;
    this.data = data;
  }

  // The connection failed, timed out, or the server broke: what it did is unknown.
  get isLost() {
    return this.code !== "aborted" && (this.status === 0 || this.status >= 500 || this.status === 429);
  }

  get isSignedOut() {
    return this.status === 401;
  }

  // The screen is locked: the request was not even looked at.
  get isLocked() {
    return this.status === 423;
  }

  // The browser belongs to another person by now, or to one who has to do something first.
  get isStale() {
    return ["other_person", "password_change", "second_factor"].includes(this.code) && this.status !== 423;
  }

  get isForgery() {
    return this.status === 403 && (this.code === "csrf" || this.code === "unreadable");
  }
}

export class Api {
  // `urls`: name -> address; `token()`: the CSRF token of now; `text`: translated messages;
  // `heard(isOnline)`: told after each request; `person()`: id of whom this page belongs to.
  constructor({ urls, token, text, heard, person = () => null }) {
    Object.assign(this, { urls, token, text, heard, person });
  }

  get(name, parameters = {}, { path = "", ...options } = {}) {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(parameters)) {
      if (value !== null && value !== undefined && value !== "") query.set(key, value);
    }
    return this.send(`${this.urls[name]}${path}?${query}`, { method: "GET" }, options);
  }

  post(name, body, options = {}) {
    const request = {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token() },
      // A ready text is sent as it is: a repeated checkout must be the same to the byte.
      body: typeof body === "string" ? body : JSON.stringify(body),
    };
    return this.send(this.urls[name] + (options.path || ""), request, options);
  }

  // `keepalive`: the browser sends it even when the page goes away.
  async send(url, request, { signal, timeout = TIMEOUT, keepalive = false } = {}) {
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), timeout);
    const stop = () => clock.abort();
    signal?.addEventListener("abort", stop);
    let response;
    let answer;
    try {
      response = await fetch(url, {
        ...request,
        headers: { Accept: "application/json", ...this.seller(), ...request.headers },
        credentials: "same-origin",
        redirect: "manual",
        keepalive,
        signal: clock.signal,
      });
      answer = await response.text();
    } catch {
      if (signal?.aborted) throw new ApiError("", { code: "aborted" });
      this.heard(false);
      throw new ApiError(this.text("noConnection"), { code: "lost" });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
    return this.read(response, answer);
  }

  // Another tab may have changed seller: then the shop refuses what this page still sends.
  seller() {
    const id = this.person();
    return id ? { "X-Seller": String(id) } : {};
  }

  read(response, answer) {
    // The admin answers somebody who is signed out with a redirect to its log-in page.
    const status = response.type === "opaqueredirect" ? 401 : response.status;
    this.heard(status < 500);
    let data = null;
    try {
      data = JSON.parse(answer);
    } catch {
      data = null;
    }
    if (response.ok && data !== null) return data;
    const error = data?.error || {};
    throw new ApiError(error.message || this.message(status), {
      status: response.ok ? 502 : status,
      code: error.code || (data === null ? "unreadable" : ""),
      lines: error.lines || [],
      data: error,
    });
  }

  message(status) {
    if (status === 401) return this.text("signedOut");
    if (status === 403) return this.text("forgery");
    return this.text("serverTrouble");
  }
}

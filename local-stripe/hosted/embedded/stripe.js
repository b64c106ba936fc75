/**
 * Local Stripe's own Stripe.js: an embedded Checkout, and nothing else. `loadStripe` of @stripe/stripe-js takes the
 * `window.Stripe` that is there already, so a page that loads this script first needs no other change.
 */
(() => {
  const { origin } = new URL(document.currentScript.src);

  class IntegrationError extends Error {
    name = "IntegrationError";
  }
  const refuse = (message) => {
    throw new IntegrationError(message);
  };

  /** Stripe.js holds a page to one embedded Checkout at a time. */
  let current = null;

  class EmbeddedCheckout {
    #frame = null;
    #destroyed = false;
    #onComplete;
    #address;

    constructor(clientSecret, onComplete) {
      this.#address = `${origin}/embed/${encodeURIComponent(clientSecret)}`;
      this.#onComplete = onComplete;
      window.addEventListener("message", this.#hear);
    }

    mount(location) {
      this.#requireLife();
      if (this.#frame)
        refuse("This embedded Checkout is mounted already. Unmount it before mounting it again.");
      const place = typeof location === "string" ? document.querySelector(location) : location;
      if (!place) {
        refuse(
          `The selector ${location} applies to no element of the page. Make sure that it exists before mounting.`,
        );
      }
      const frame = document.createElement("iframe");
      frame.src = this.#address;
      frame.title = "Checkout";
      frame.name = "local-stripe-embedded-checkout";
      frame.allow = "payment";
      frame.style.cssText = "display: block; width: 100%; height: 40rem; border: 0";
      place.replaceChildren(frame);
      this.#frame = frame;
    }

    unmount() {
      this.#requireLife();
      this.#frame?.remove();
      this.#frame = null;
    }

    destroy() {
      this.unmount();
      this.#destroyed = true;
      window.removeEventListener("message", this.#hear);
      current = null;
    }

    #requireLife() {
      if (this.#destroyed) refuse("This embedded Checkout was destroyed. Create a new one.");
    }

    /** Any window can send messages: only the own frame is heard. */
    #hear = ({ data, origin: from, source }) => {
      if (!this.#frame || source !== this.#frame.contentWindow || from !== origin) return;
      if (data?.source !== "local-stripe") return;
      if (data.height) this.#frame.style.height = `${data.height}px`;
      if (!data.complete) return;
      if (data.returnUrl) window.location.assign(data.returnUrl);
      else this.#onComplete?.();
    };
  }

  async function createEmbeddedCheckoutPage({ clientSecret, fetchClientSecret, onComplete, ...others } = {}) {
    if (Boolean(clientSecret) === Boolean(fetchClientSecret)) {
      refuse("Pass either clientSecret or fetchClientSecret to an embedded Checkout.");
    }
    const [unknown] = Object.keys(others).filter((name) => others[name] != null);
    if (unknown) refuse(`Local Stripe's script can't do ${unknown} of an embedded Checkout.`);
    if (current) refuse("You cannot have multiple Embedded Checkout objects.");
    // Taken before the secret is waited for: two calls at once are two as well.
    const mine = {};
    current = mine;
    try {
      const secret = clientSecret ?? (await fetchClientSecret());
      if (!/^cs_test_\w+_secret_\w+$/.test(secret)) {
        refuse(
          `The client secret of an embedded Checkout is a Checkout Session's \`client_secret\`, not ${secret}.`,
        );
      }
      return new EmbeddedCheckout(secret, onComplete);
    } catch (error) {
      if (current === mine) current = null;
      throw error;
    }
  }

  const known = {
    createEmbeddedCheckoutPage,
    /** Its name until 2025. */
    initEmbeddedCheckout: createEmbeddedCheckoutPage,
    registerAppInfo() {},
    _registerWrapper() {},
  };

  function Stripe(key) {
    if (typeof key !== "string" || key === "") refuse("Please call Stripe() with your publishable key.");
    if (/^(sk|rk)_/.test(key)) {
      refuse("You should not use your secret key with Stripe.js. Please pass a publishable key instead.");
    }
    if (!/^pk_test_/.test(key))
      refuse("Local Stripe's script takes a publishable test key: pk_test_ and anything.");
    return new Proxy(known, {
      get(methods, name) {
        if (Object.hasOwn(methods, name)) return methods[name];
        // A promise asks what it is resolved with for `then`.
        if (typeof name === "symbol" || name === "then") return undefined;
        return () =>
          refuse(`Local Stripe's script can't do stripe.${name}(): it shows embedded Checkout only.`);
      },
    });
  }
  /** The release that @stripe/stripe-js expects of a test key. */
  Stripe.version = "endive";

  window.Stripe = Stripe;
})();

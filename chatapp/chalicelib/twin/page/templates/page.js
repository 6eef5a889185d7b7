/* Loads what a page needs beyond its text: the chat when it is opened or the browser is idle, comments when they are. */
(() => {
  const own = new Set(["/twin.js", "/embed.js"]);
  const only = (address) => {
    if (!own.has(address)) throw new TypeError("no script of this page");
    return address;
  };
  // The site's policy asks for Trusted Types where the browser knows them.
  const policy = window.trustedTypes?.createPolicy("chatapp-page", { createScriptURL: only }) ?? { createScriptURL: only };
  const loading = {};
  const load = (address) =>
    (loading[address] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = policy.createScriptURL(address);
      script.onload = resolve;
      script.onerror = () => {
        delete loading[address];
        reject(new Error(`${address} did not load`));
      };
      document.head.append(script);
    }));

  const twin = document.querySelector("chatapp-twin");
  const button = document.querySelector("[data-ask]");
  if (button) button.hidden = false;
  const failed = document.querySelector("[data-failed]");
  /** What somebody waits for: what did not load is said, and tried again the next time. */
  const loaded = async (address) => {
    failed.hidden = true;
    try {
      await load(address);
      return true;
    } catch {
      failed.hidden = false;
      return false;
    }
  };
  const open = async (question) => {
    if (!(await loaded("/twin.js"))) return;
    await customElements.whenDefined("chatapp-twin");
    twin.open?.(question);
  };

  document.addEventListener("click", (event) => {
    const asked = event.target.closest?.("[data-question], [data-ask]");
    // Its own button opens the element, once there is one.
    if (!asked || !twin || (asked.matches("[data-ask]") && customElements.get("chatapp-twin"))) return;
    event.preventDefault();
    void open(asked.matches("[data-question]") ? asked.textContent : undefined);
  });
  for (const details of document.querySelectorAll("details.comments")) {
    details.addEventListener("toggle", () => {
      if (details.open) void loaded("/embed.js");
    });
  }
  if (twin) {
    const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 2000));
    window.addEventListener("load", () => idle(() => void load("/twin.js").catch(() => {})));
  }
})();

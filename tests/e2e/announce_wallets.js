/** Put into every page by browser_wallet.py, which fills in WALLETS and BRIDGE. */
(() => {
  window.testWallets = {};
  const wallets = WALLETS.map(({ name, rdns, icon }) => {
    const listeners = {};
    const provider = {
      request: async ({ method, params }) => {
        const answer = await window.BRIDGE(rdns, method, params ?? []);
        if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
        return answer.result;
      },
      on: (event, listener) => (listeners[event] ??= []).push(listener),
      removeListener: () => {},
    };
    window.testWallets[rdns] = (event, value) => (listeners[event] ?? []).forEach((listener) => listener(value));
    return Object.freeze({ info: { uuid: crypto.randomUUID(), name, icon, rdns }, provider });
  });
  const announce = () => wallets.forEach((detail) =>
    window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze(detail) })));
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
})();

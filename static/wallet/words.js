/** What went wrong, in words for the person in front of the page. */

/** An error whose message can be shown as it is. */
export class Said extends Error {
  /**
   * @param {string} message
   * @param {string | number} [code]
   */
  constructor(message, code = "") {
    super(message);
    this.code = code;
  }
}

/** @type {Record<number, string>} EIP-1193 and EIP-3085 codes, and the JSON-RPC ones that wallets use. */
const WALLET_WORDS = {
  4001: "You declined in the wallet. Nothing was sent.",
  4100: "The wallet does not let this site use that account. Allow it in the wallet, then try again.",
  4200: "This wallet cannot do that.",
  4900: "The wallet is disconnected from every chain. Check its network, then try again.",
  4901: "The wallet is not connected to this chain. Check its network, then try again.",
  4902: "The wallet does not know this chain yet.",
  [-32002]: "The wallet has a question open already. Answer it in the wallet's own window first.",
};

/** Phrases of wallets and nodes, and what they mean; the first that fits wins. */
const PHRASES = /** @type {[RegExp, string, string | number][]} */ ([
  [/insufficient funds/i, "The wallet has too little ETH for the gas. Nothing was sent.", "no_funds"],
  [/user (rejected|denied)/i, WALLET_WORDS[4001], 4001],
  [/nonce (is )?too low/i, "The wallet is out of step with the chain: reset its account's activity, then try again.", "nonce_too_low"],
]);

/**
 * The error's code, also where a wallet has wrapped the original.
 * @param {any} error
 * @returns {number | undefined}
 */
export function codeOf(error) {
  const inner = error?.data?.originalError?.code ?? error?.cause?.code;
  return WALLET_WORDS[error?.code] === undefined && inner !== undefined ? inner : error?.code;
}

/**
 * Any error as one that can be shown.
 * @param {any} error
 * @returns {Said}
 */
export function inWords(error) {
  if (error instanceof Said) return error;
  const code = codeOf(error);
  const text = String(error?.message ?? "");
  const known = WALLET_WORDS[/** @type {number} */ (code)];
  if (known) return new Said(known, code);
  const phrase = PHRASES.find(([found]) => found.test(text));
  if (phrase) return new Said(phrase[1], phrase[2]);
  const reason = /revert(?:ed)?[: ]+(.{1,200})/i.exec(text)?.[1];
  if (reason) return new Said(`The contract would refuse this: ${reason}`, "reverted");
  return new Said(text ? `The wallet answered: ${text.slice(0, 200)}` : "The wallet gave no reason.", code ?? "");
}

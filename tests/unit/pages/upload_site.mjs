/** A site for chunks.js in Node: answers as the API does, and tells what was asked. The first argument names the
 * module, the second what the site does with a large file. */

const [module, way] = process.argv.slice(2);
const asked = [];
const said = [];
let finishes = 0;
let looks = 0;

globalThis.document = { addEventListener() {}, cookie: "csrftoken=token" };
const known = way.endsWith("while away") ? JSON.stringify({ id: "s", upload_key: "key" }) : null;
globalThis.localStorage = { getItem: () => known, setItem() {}, removeItem() {} };
globalThis.setTimeout = (act) => queueMicrotask(act);
globalThis.fetch = async (url, { method = "GET" } = {}) => {
  const path = url.replace("/api/v1/", "");
  asked.push(`${method} ${path}`);
  const [status, body] = answer(method, path);
  return new Response(body === null ? null : JSON.stringify(body), { status });
};

function answer(method, path) {
  const session = { id: "s", chunk_bytes: 4, chunk_count: 2, received: [], step: "", refusal: null, upload_id: null };
  if (path === "uploads/sessions") return [201, { ...session, upload_key: "key" }];
  if (path.endsWith("/finish")) {
    finishes += 1;
    looks = 0;
    return way === "small" ? [201, { id: "9", cid: "bafy" }] : [202, { ...session, step: "joining" }];
  }
  if (path === "uploads/9") return [200, { id: "9", cid: "bafy" }];
  if (method !== "GET") return method === "PUT" ? [200, {}] : [204, null];
  looks += 1;
  const refused = (code, message, is_final) => [200, { ...session, refusal: { code, message, is_final } }];
  if (way.startsWith("no table")) return refused("unreadable", "No table.", true);
  if (way === "no room") return refused("no_room", "No room.", false);
  if (way === "busy" && finishes === 1) return refused("parser_busy", "Busy.", false);
  if (way === "killed" && finishes === 1 && looks === 2) return [200, session];
  const step = ["", "reading", "keeping", ""][looks];
  return [200, { ...session, step, upload_id: step ? null : "9" }];
}

const { uploadInChunks } = await import(module);
const file = Object.assign(new Blob(["12345678"]), { name: "rows.csv", lastModified: 1 });
let kept;
try {
  kept = await uploadInChunks(file, { visibility: "public", shown: [] }, (_, words) => words && said.push(words));
} catch (error) {
  kept = { error: error.message, status: error.status };
}
const others = asked.filter((line) => !line.includes("/chunks/"));
process.stdout.write(JSON.stringify({ kept, asked: others, chunks: asked.length - others.length, said }));

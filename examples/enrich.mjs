// Sends texts to textcx and prints what it says of each: node enrich.mjs URL < texts.jsonl
//
// Each line is a document: {"id": "1", "text": "..."}. The key, if the service asks for one, is read from TEXTCX_KEY.
// Needs nothing but Node.js 18 or newer. JavaScript counts UTF-16 units, so offsets are asked for in these.

import { readFileSync } from "node:fs";

const MOST_DOCUMENTS = 256; // GET /v1/limits says so
const url = process.argv[2];

// Returns one result per document, in order; waits where the service says so.
async function enrich(documents) {
  for (;;) {
    const answer = await fetch(`${url}/v1/enrich`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${process.env.TEXTCX_KEY ?? ""}` },
      body: JSON.stringify({ documents, offset_unit: "utf16" }),
    });
    const body = await answer.json();
    if (answer.ok) return body.results;
    if (answer.status !== 429 && answer.status !== 503) throw new Error(`${body.title}: ${body.detail}`);
    await new Promise((resume) => setTimeout(resume, 1000 * Number(answer.headers.get("Retry-After") ?? 1)));
  }
}

// Returns a result in words, with the words of the text that say so.
function show(document, result) {
  if (result.error) return `${result.id}: ${result.error.code}: ${result.error.message}`;
  const parts = [`${result.id}: ${result.language.code}, ${result.sentiment?.polarity ?? "not judged"}`];
  for (const { id, polarity, evidence } of result.touchpoints) {
    const words = evidence.map(({ start, end }) => document.text.slice(start, end));
    parts.push(`${id} ${polarity} (${words.join(", ")})`);
  }
  return parts.join("; ");
}

try {
  const documents = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  for (let first = 0; first < documents.length; first += MOST_DOCUMENTS) {
    const batch = documents.slice(first, first + MOST_DOCUMENTS);
    (await enrich(batch)).forEach((result, number) => console.log(show(batch[number], result)));
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

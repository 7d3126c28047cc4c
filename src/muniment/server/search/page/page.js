"use strict";
// Text that comes from documents is only ever set as text, never as markup.
const by = (id) => document.getElementById(id);
const make = (tag, text, name) => Object.assign(document.createElement(tag), { textContent: text ?? "", className: name ?? "" });
const day = (time) => (time ? new Date(time).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" }) : "unknown");
const WORDS = { lexical: "words", dense: "meaning", hybrid: "words and meaning" };
let asked = 0;

if (by("refused")) by("refused").hidden = !location.search.includes("refused");
if (by("ask")) begin();

async function begin() {
  by("ask").addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  by("fields").addEventListener("change", count);
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); by("text").select(); }
  });
  const [answer, me] = await call("/v1/caller");
  if (!answer.ok) return answer.status === 401 ? location.assign("/sign-in") : undefined;
  by("who").textContent = me.name;
  by("who").hidden = false;
  by("leave").hidden = !me.session;
}

async function call(path, body) {
  const how = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(path, { ...how, credentials: "same-origin", cache: "no-store" });
  return [answer, await answer.json().catch(() => ({}))];
}

async function ask() {
  const mine = ++asked;
  working(true);
  try {
    const [answer, found] = await call("/v1/search", question());
    if (mine !== asked) return;
    if (answer.status === 401) return location.assign("/sign-in");
    answer.ok ? show(found) : refuse(found, answer.headers.get("retry-after"));
  } catch {
    if (mine === asked) refuse({ title: "No answer", detail: "The service could not be reached.", remedy: "See whether you are connected, and ask again." });
  } finally {
    if (mine === asked) working(false);
  }
}

function working(yes) {
  by("go").disabled = yes;
  by("results").setAttribute("aria-busy", yes);
  if (yes) by("status").textContent = "Searching…";
}

function show(found) {
  const hits = found.hits.map(hit);
  by("results").replaceChildren(...hits);
  by("status").textContent = hits.length === 1 ? "One passage that you may read" : `${hits.length || "No"} passages that you may read`;
  by("notices").replaceChildren(...notices(found));
  const papers = [["Snapshot", found.snapshot], ["Index", found.index], ["Ranked by", found.mode]].filter(([, value]) => value);
  by("papers").replaceChildren(...papers.map(([name, value]) => make("span", `${name} ${WORDS[value] ?? value}`)));
  by("papers").hidden = false;
  for (const passage of document.querySelectorAll(".passage.short"))
    passage.nextElementSibling.hidden = passage.scrollHeight <= passage.clientHeight + 2;
}

function notices(found) {
  const said = [];
  if (found.low_evidence) said.push(["warn", "Low evidence", found.hits.length ? "Nothing that you may read matches well. Read these passages with care." : "Nothing that you may read matches."]);
  if (found.redactions) said.push(["", found.redactions === 1 ? "One value is hidden from you" : `${found.redactions} values are hidden from you`, "The policy takes them out of passages for your groups."]);
  if (found.stale) said.push(["warn", "Not the newest", "A newer snapshot is published; its index is not built yet. This answer is of the one before."]);
  return said.map(([kind, title, text]) => {
    const notice = make("div", text, `notice ${kind}`);
    notice.prepend(make("strong", title));
    return notice;
  });
}

function hit(found) {
  const item = by("hit").content.cloneNode(true).firstElementChild;
  const passage = item.querySelector(".passage"), more = item.querySelector(".more"), copy = item.querySelector(".copy");
  item.querySelector("h2").textContent = found.title || "Untitled";
  item.querySelector(".badge").textContent = found.classification;
  item.querySelector(".badge").classList.add(...[found.classification].filter((each) => /^[a-z]+$/.test(each)));
  passage.replaceChildren(...blocks(found.text, found.title));
  passage.classList.add("short");
  more.addEventListener("click", () => { passage.classList.remove("short"); more.remove(); });
  const papers = [["Source", found.source], ["Owner", found.owner], ["Licence", found.licence || "unknown"], ["Updated", day(found.modified)], ["Score", found.score.toFixed(3)]];
  if (found.redactions) papers.push(["Hidden from you", `${found.redactions}`]);
  item.querySelector("dl").replaceChildren(...papers.map(([name, value]) => {
    const pair = make("div");
    pair.append(make("dt", name), make("dd", value));
    return pair;
  }));
  item.querySelector("code").textContent = found.citation;
  copy.setAttribute("aria-label", `Copy the citation of ${found.title || "this passage"}`);
  copy.addEventListener("click", () => keep(found.citation, copy, item.querySelector("code")));
  return item;
}

// Just enough of Markdown to read by: headings, code, paragraphs; values that were taken out stand out.
function blocks(text, title) {
  return text.split(/(^```[^]*?^```$)/m).flatMap((part) => {
    if (part.startsWith("```")) return [make("pre", part.replace(/^```.*\n|\n?```$/g, ""))];
    return part.split(/\n\s*\n/).map((each) => each.trim()).filter(Boolean).map((each) => {
      const heading = /^#{1,6} +(.*)$/.exec(each);
      if (heading) return heading[1].trim() === title ? "" : make("p", heading[1], "heading");
      const block = make("p");
      block.append(...each.split(/(\[[A-Z][A-Z_]+\])/).map((piece) => (/^\[[A-Z]/.test(piece) ? make("span", piece, "gone") : piece)));
      return block;
    });
  }).filter(Boolean);
}

async function keep(text, button, shown) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch { // browsers give the clipboard to secure pages alone: then it is selected, to be copied by hand
    getSelection().selectAllChildren(shown);
    button.textContent = "Selected";
  }
  by("status").textContent = `Citation ${button.textContent.toLowerCase()}`;
  setTimeout(() => (button.textContent = "Copy citation"), 2000);
}

function refuse(problem, after) {
  by("status").textContent = "";
  by("results").replaceChildren();
  by("papers").hidden = true;
  const fields = (problem.fields ?? []).map((each) => `${each.field}: ${each.why}.`).join(" ");
  const wait = after ? ` Try again in ${after} s.` : "";
  const notice = make("div", `${problem.detail ?? ""} ${fields || problem.remedy || ""}${wait}`, "notice bad");
  notice.setAttribute("role", "alert");
  notice.prepend(make("strong", problem.title ?? "This went wrong"));
  by("notices").replaceChildren(notice);
}

function question() {
  const fields = new FormData(by("ask")), asked = { text: fields.get("text"), k: Number(fields.get("k")) }, filters = {};
  for (const field of by("fields").querySelectorAll("[data-filter]")) {
    const values = field.value.split(/[\s,]+/).filter(Boolean);
    if (values.length) filters[field.name] = field.dataset.filter === "list" ? values : `${values[0]}T00:00:00Z`;
  }
  if (fields.get("mode")) asked.mode = fields.get("mode");
  return Object.keys(filters).length ? { ...asked, filters } : asked;
}

function count() {
  const set = [...by("fields").querySelectorAll("[data-filter], [data-choice]")].filter((each) => each.value).length;
  by("narrowed").textContent = `${set} set`;
  by("narrowed").hidden = !set;
}

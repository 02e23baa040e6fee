// Search, where there is script: the words in the address are looked for in the index that the build made.
const form = document.querySelector("form"), list = document.querySelector("ol"), told = document.querySelector("output");
const said = form.dataset, words = form.elements.q, query = new URLSearchParams(location.search).get("q") ?? "";

async function search() {
  const engine = await import(form.dataset.index);
  await engine.options({ baseUrl: form.dataset.home });
  const { results } = await engine.search(query);
  const stories = await Promise.all(results.slice(0, 30).map((it) => it.data()));
  for (const { url, meta, filters } of stories) {
    const item = document.createElement("li"), link = document.createElement("a");
    Object.assign(link, { href: url, textContent: meta.title, dir: "auto", ...(filters?.language && { lang: filters.language[0] }) });
    item.append(link);
    list.append(item);
  }
  const count = results.length.toLocaleString(said.locale);
  told.value = results.length ? said.found.replace("#", count) : said.none;
}

form.hidden = false;
words.value = query;
if (query) search().catch(() => { told.value = said.lost; });

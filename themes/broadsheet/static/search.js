// Search: words are looked for in the index that the build made. Loaded by site.js where there is a form for it.

const MOST = 100;

// How many letters one word is from another (Levenshtein 1966).
function apart(one, other) {
	let row = [...other, ""].map((_, at) => at);
	for (let y = 0; y < one.length; y++) {
		row = row.reduce((next, up, x) => [...next, x ? Math.min(up + 1, next[x - 1] + 1, row[x - 1] + (one[y] !== other[x - 1])) : up + 1], []);
	}
	return row.at(-1);
}

export function search(form, { said, root, find, all, make, filled }) {
	const told = form.dataset, words = form.elements.q, list = find(".found"), count = find(".count"), picks = all("select");
	const date = (it, as) => new Date(it).toLocaleDateString(said.locale, { timeZone: "UTC", ...as });
	const asked = new URLSearchParams(location.search);
	let engine, days, timer, turn = 0, names = [];

	const start = () => engine ??= import(told.index).then(async (made) => {
		await made.options({ baseUrl: said.home });
		const known = { date: {}, ...await made.filters() };
		names = ["section", "topic", "author"].flatMap((it) => Object.keys(known[it] ?? {})).flatMap((it) => it.split(/[^\p{L}\p{M}\p{N}]+/u));
		days = Object.keys(known.date).sort().reverse();
		known.date = Object.fromEntries(days.flatMap((it) => [[`${it.slice(0, 4)} `], [it]]));
		for (const pick of picks) {
			pick.onchange = go;
			for (const it of Object.keys(known[pick.name] ?? {})) {
				const month = pick.name === "date" && it[5] && date(it, { month: "long", year: "numeric" });
				pick.append(make("option", { value: it.trim() }, month || it));
			}
			pick.value = asked.get(pick.name) ?? "";
		}
		return made;
	}).catch(() => engine = null);

	const marked = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes]
		.map((it) => it.nodeName === "MARK" ? make("mark", {}, it.textContent) : it.textContent);

	async function show(found, mine = turn) {
		const data = await Promise.all(found.slice(0, 10).map((it) => it.data()));
		if (mine !== turn) return;
		list.append(...data.map(({ url, meta, excerpt, filters }) => make("li", { className: "card" },
			make("time", { className: "when" }, date(meta.date, { dateStyle: "long" })),
			make("h2", { dir: "auto", lang: filters?.language ?? root.lang }, make("a", { href: url }, meta.title)), make("p", { dir: "auto" }, ...marked(excerpt), "…"))));
		if (!found[10]) return;
		const more = make("button", { type: "button" }, told.more);
		const next = list.children.length;
		more.onclick = async () => { more.remove(); await show(found.slice(10)); all(".found a")[next].focus(); };
		list.after(more);
	}

	// The name of a section, a topic or an author that is nearest to a word: two letters off at most, of a long word.
	function near(word) {
		const one = word.toLowerCase();
		let best, least = Math.min(3, word.length / 3);
		for (const name of names) {
			if (name.toLowerCase() === one) return;
			const far = apart(one, name.toLowerCase());
			if (far < least) [best, least] = [name, far];
		}
		return best;
	}

	async function run() {
		const mine = ++turn, made = await start(), query = words.value.trim();
		const chosen = picks.flatMap((it) => it.value ? [[it.name, it.value]] : []);
		const { sort, ...filters } = Object.fromEntries(chosen);
		const asks = query || Object.keys(filters)[0] ? `${new URLSearchParams(query ? [["q", query], ...chosen] : chosen)}` : "";
		if (filters.date) filters.date = { any: days.filter((it) => it.startsWith(filters.date)) };
		const ask = async (more) => (await made.search(query || null, { filters: { ...filters, ...more } })).results;
		let found = asks ? await ask() : [];
		if (!query || sort) {
			// The engine orders by date within a part of the index alone: the newest hundred are put in order here.
			const newest = found[MOST] ? [] : found;
			for (const day of found[MOST] ? filters.date?.any ?? days : []) if (!newest[MOST]) newest.push(...await ask({ date: day }));
			const dates = new Map(await Promise.all(newest.map(async (it) => [it.id, (await it.data()).meta.date])));
			newest.sort((a, b) => dates.get(b.id).localeCompare(dates.get(a.id)));
			found = [...newest, ...found.filter((it) => !dates.has(it.id))];
		}
		if (mine !== turn) return;
		history.replaceState(0, "", `?${asks}`);
		list.replaceChildren();
		find(".found ~ button")?.remove();
		count.textContent = !asks ? "" : found[0] ? filled(told.found, found.length) : told.none;
		const meant = asks && told.meant && query.split(/\s+/).map((it) => near(it) ?? it).join(" ");
		if (meant && meant !== query && found.length < 3) {
			const button = make("button", { type: "button" }, meant), [before, after = ""] = told.meant.split("#");
			button.onclick = () => { words.value = meant; go(); words.focus(); };
			count.append(" ", before, button, after);
		}
		await show(found);
	}
	const go = () => { clearTimeout(timer); run().catch(() => count.textContent = told.lost); };

	form.onsubmit = () => { go(); return false; };
	words.oninput = () => { clearTimeout(timer); timer = setTimeout(go, 150); };
	form.addEventListener("focusin", start, { once: true });
	addEventListener("keydown", (event) => {
		const at = document.activeElement, stops = [words, ...all(".found a")], place = stops.indexOf(at);
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (event.key === "/" ? !at.matches("input, select") : event.key === "Escape" && place > 0) words.focus();
		else if (step && place >= 0) stops[place + step]?.focus();
		else return;
		event.preventDefault();
	});
	words.value = asked.get("q");
	if (`${asked}`) go();
}

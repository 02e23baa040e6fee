// Light or dark by pick, marks on what is new, search: nothing leaves the browser.
(() => {
	const said = document.currentScript.dataset, root = document.documentElement;
	const key = (of) => `broadsheet ${said.home} ${of}`;
	const kept = (of) => { try { return JSON.parse(localStorage.getItem(key(of))); } catch {} };
	const keep = (of, it) => { try { localStorage.setItem(key(of), JSON.stringify(it)); } catch {} };
	const filled = (text, n) => text.replace(/#|$/, n.toLocaleString(said.locale));
	const find = (of) => document.querySelector(of), all = (of) => [...document.querySelectorAll(of)];
	const make = (tag, told, ...inside) => {
		const made = Object.assign(document.createElement(tag), told);
		return made.append(...inside), made;
	};

	const choose = () => root.dataset.scheme = kept("scheme") ?? "";
	choose();
	root.dataset.script = "";

	function addSwitch() {
		const dark = matchMedia("(prefers-color-scheme: dark)"), button = make("button", { className: "switch" });
		const system = () => dark.matches ? "dark" : "light";
		const other = () => (root.dataset.scheme || system()) === "dark" ? "light" : "dark";
		const tell = dark.onchange = () => { button.title = said[other()]; };
		button.onclick = () => { keep("scheme", other() === system() ? null : other()); choose(); tell(); };
		tell();
		find(".tools")?.append(button);
	}

	// New is what no list showed yet; an idle half hour ends a visit.
	function markNew() {
		const links = all(":is(.card, .briefs) :is(h2, h3) a, .shelf li > a"), now = Date.now();
		const visit = kept("visit") ?? { at: now, now: [] };
		const join = (a, b) => [...new Set([...a, ...b])].slice(0, 800);
		if (now - visit.at > 18e5) Object.assign(visit, { old: join(visit.now, visit.old ?? []), now: [] });
		visit.at = now;
		if (visit.old) {
			const old = (link) => visit.old.includes(link.pathname), front = find(".at-front");
			// By date, what is new stands above what was seen.
			const fresh = front ? links.filter((it) => !old(it)) : links.slice(0, Math.max(0, links.findIndex(old)));
			for (const link of fresh) link.after(" ", make("b", { className: "mark" }, said.fresh));
			if (front && fresh[0]) find(".folio > :last-child")?.append(" · ", filled(said.count ?? `# ${said.fresh}`, fresh.length));
			if (find(".at-story")) visit.old.unshift(location.pathname);
		}
		visit.now = join(links.map((it) => it.pathname), visit.now);
		keep("visit", visit);
	}

	function search(form) {
		const told = form.dataset, words = form.elements.q, list = find(".found"), count = find(".count"), picks = all("select");
		const date = (it, as) => new Date(it).toLocaleDateString(said.locale, { timeZone: "UTC", ...as });
		const asked = new URLSearchParams(location.search);
		let engine, days, timer, turn = 0;

		const start = () => engine ??= import(told.index).then(async (made) => {
			await made.options({ baseUrl: said.home });
			const known = { date: {}, ...await made.filters() };
			days = Object.keys(known.date).sort().reverse();
			known.date = Object.fromEntries(days.flatMap((it) => [[`${it.slice(0, 4)} `], [it]]));
			for (const pick of picks) {
				for (const it of Object.keys(known[pick.name] ?? {})) {
					const month = pick.name === "date" && it[5] && date(it, { month: "long", year: "numeric" });
					pick.append(make("option", { value: it.trim() }, month || it));
				}
				pick.value = asked.get(pick.name) ?? "";
				pick.onchange = go;
			}
			return made;
		}).catch(() => engine = null);

		// Only text and marks are taken.
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

		async function run() {
			const mine = ++turn, made = await start(), query = words.value.trim();
			const chosen = picks.flatMap((it) => it.value ? [[it.name, it.value]] : []);
			const asks = `${new URLSearchParams(query ? [["q", query], ...chosen] : chosen)}`;
			const filters = Object.fromEntries(chosen);
			if (filters.date) filters.date = { any: days.filter((it) => it.startsWith(filters.date)) };
			const found = asks ? (await made.search(query || null, { filters, sort: query ? {} : { date: "desc" } })).results : [];
			if (mine !== turn) return;
			history.replaceState(0, "", `?${asks}`);
			list.replaceChildren();
			find(".found ~ button")?.remove();
			count.textContent = !asks ? "" : found[0] ? filled(told.found, found.length) : told.none;
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

	addEventListener("DOMContentLoaded", () => {
		addSwitch();
		markNew();
		all(".search").forEach(search);
	});
})();

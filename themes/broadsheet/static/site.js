// Light or dark, what is new; a search is loaded with its form. All in the browser.
(() => {
const said = document.currentScript.dataset, root = document.documentElement;
const key = (of) => `broadsheet ${said[of] ?? said.home} ${of}`;
const kept = (of) => { try { return JSON.parse(localStorage.getItem(key(of))); } catch {} };
const keep = (of, it) => { try { localStorage.setItem(key(of), JSON.stringify(it)); } catch {} };
const filled = (text, n) => text.replace(/#|$/, n.toLocaleString(said.locale));
const find = (of) => document.querySelector(of), all = (of) => [...document.querySelectorAll(of)];
const make = (tag, told, ...inside) => {
	const made = Object.assign(document.createElement(tag), told);
	return made.append(...inside), made;
};

const choose = () => root.dataset.scheme = said.dark ? kept("scheme") ?? "" : "light";
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

function markNew() {
	const links = all(":is(.card, .briefs) :is(h2, h3) a, .shelf li > a"), now = Date.now();
	const visit = kept("visit") ?? { at: now, now: [] };
	const join = (a, b) => [...new Set([...a, ...b])].slice(0, 800);
	if (now - visit.at > 18e5) Object.assign(visit, { old: join(visit.now, visit.old ?? []), now: [] });
	visit.at = now;
	if (visit.old) {
		const old = (link) => visit.old.includes(link.pathname), front = find(".at-front");
		const fresh = front ? links.filter((it) => !old(it)) : links.slice(0, Math.max(0, links.findIndex(old)));
		for (const link of fresh) link.after(" ", make("b", { className: "mark" }, said.fresh));
		if (front && fresh[0]) find(".folio > :last-child")?.append(" · ", filled(said.count ?? `# ${said.fresh}`, fresh.length));
		if (find(".at-story")) visit.old.unshift(location.pathname);
	}
	visit.now = join(links.map((it) => it.pathname), visit.now);
	keep("visit", visit);
}

function addShare(place) {
	if (!navigator.share) return;
	const button = make("button", {}, said.share);
	button.onclick = () => navigator.share({ title: document.title, url: find(".share a").href }).catch(() => {});
	place.prepend(button);
}

addEventListener("DOMContentLoaded", () => {
	all(".share").forEach(addShare);
	if (said.worker) navigator.serviceWorker?.register(said.worker).catch(() => {});
	if (said.dark) addSwitch();
	markNew();
	for (const form of all(".search")) import(said.search).then((it) => it.search(form, { said, root, find, all, make, filled }));
});
})();

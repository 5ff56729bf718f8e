// The script of every page. Every page works without it; with it, lists change in place, forms are sent once and say how much
// room is left. It talks to this site only and takes markup from this site's own pages only, through DOMParser.
(function () {
	"use strict";

	const french = document.documentElement.lang === "fr";
	const words = {
		left: french ? "Il reste {1} caractères." : "{1} characters left.",
		sending: french ? "Envoi en cours…" : "Sending…"
	};
	const wide = window.matchMedia("(min-width: 60rem)");

	// ---- Waiting: a thin bar, and a line for those who listen ----

	const bar = document.createElement("div");
	bar.className = "waiting";
	bar.setAttribute("aria-hidden", "true");
	const spoken = document.createElement("p");
	spoken.className = "unseen";
	spoken.setAttribute("role", "status");
	document.body.append(bar, spoken);

	function setWaiting(on) {
		bar.classList.toggle("on", on);
	}

	// ---- Lists that change in place ----

	const FILTERS = "form.filter-form[data-live]";
	const SWAP = "[data-swap]";
	const KEPT_PAGES = 20;
	const keptPages = new Map(); // address → HTML, so that back and forward need no server
	let request = null;          // AbortController of the fetch under way
	let shown = pageAddress(location.href);

	function pageAddress(href) {
		const url = new URL(href, location.href);
		url.hash = "";
		return url.href;
	}

	function keep(address, html) {
		keptPages.delete(address);
		keptPages.set(address, html);
		if (keptPages.size > KEPT_PAGES) {
			keptPages.delete(keptPages.keys().next().value);
		}
	}

	// The address a GET form leads to, without fields left empty.
	function formAddress(form) {
		const url = new URL(form.getAttribute("action") || location.pathname, location.href);
		const query = new URLSearchParams();
		for (const [name, value] of new FormData(form)) {
			if (typeof value === "string" && value.trim() !== "") {
				query.append(name, value.trim());
			}
		}
		url.search = query.toString();
		return url.href;
	}

	// What brings the focus back to the same control on a page that was built anew.
	function focusKey(element) {
		if (!element || element === document.body) {
			return null;
		}
		if (element.id) {
			return { id: element.id };
		}
		const href = element.getAttribute("href");
		return href ? { href: href } : null;
	}

	function findByKey(key) {
		if (!key) {
			return null;
		}
		if (key.id) {
			return document.getElementById(key.id);
		}
		return Array.from(document.querySelectorAll("main a[href]")).find((a) => a.getAttribute("href") === key.href) || null;
	}

	function rememberPlace(key) {
		const state = Object.assign({}, history.state, { y: Math.round(window.scrollY) });
		if (key !== undefined) {
			state.focus = key;
		}
		history.replaceState(state, "");
	}

	function fieldNames(form) {
		return Array.from(form.elements, (field) => field.name).join();
	}

	// The filters' form stays, so that nobody loses what they are typing, unless it has other fields now or mistakes to show.
	function updateForm(now, next, typing) {
		if (now.querySelector(".error") || next.querySelector(".error") || fieldNames(now) !== fieldNames(next)) {
			const key = now.contains(document.activeElement) ? focusKey(document.activeElement) : null;
			now.replaceChildren(...next.childNodes);
			const again = findByKey(key);
			if (again) {
				again.focus({ preventScroll: true });
			}
			return;
		}
		for (const field of next.elements) {
			const mine = field.name ? now.elements.namedItem(field.name) : null;
			if (mine && "value" in mine && mine !== typing) {
				mine.value = field.value;
			}
		}
	}

	// Puts a fetched page's changing parts in place of this one's. False when the page is not of this kind.
	function swapIn(html, typing) {
		const page = new DOMParser().parseFromString(html, "text/html");
		const now = document.querySelector(SWAP);
		const next = page.querySelector(SWAP);
		if (!now || !next) {
			return false;
		}
		const lost = now.contains(document.activeElement);
		const key = lost ? focusKey(document.activeElement) : null;
		const form = document.querySelector(FILTERS);
		const nextForm = page.querySelector(FILTERS);
		if (form && nextForm) {
			updateForm(form, nextForm, typing);
		}
		now.replaceWith(document.adoptNode(next));
		document.title = page.title;
		const heading = document.querySelector("main h1");
		const nextHeading = page.querySelector("main h1");
		if (heading && nextHeading) {
			heading.textContent = nextHeading.textContent;
		}
		const language = page.querySelector(".languages a");
		if (language) {
			document.querySelector(".languages a").setAttribute("href", language.getAttribute("href"));
		}
		if (lost) {
			focusOn(findByKey(key) || next);
		}
		const errors = next.querySelector("#errors");
		const said = next.querySelector(".count, .notice h2");
		spoken.textContent = said ? said.textContent : "";
		if (errors) {
			errors.focus();
		}
		return true;
	}

	function focusOn(element) {
		if (element.matches(SWAP)) {
			element.tabIndex = -1;
		}
		element.focus({ preventScroll: true });
	}

	function setBusy(on) {
		const results = document.querySelector(SWAP);
		setWaiting(on);
		if (results) {
			results.setAttribute("aria-busy", String(on));
		}
	}

	async function fetchPage(address) {
		if (request) {
			request.abort();
		}
		const mine = new AbortController();
		request = mine;
		setBusy(true);
		try {
			const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" }, credentials: "same-origin" });
			const type = answer.headers.get("Content-Type") || "";
			if (!type.startsWith("text/html") || new URL(answer.url).origin !== location.origin) {
				throw new TypeError("not a page of this site");
			}
			return { address: pageAddress(answer.url), html: await answer.text(), good: answer.ok };
		} finally {
			if (request === mine) {
				request = null;
				setBusy(false);
			}
		}
	}

	// Goes to an address of the list: in place when that works, as any link would when it does not.
	async function visit(address, toTop) {
		let page;
		try {
			page = await fetchPage(address);
		} catch (problem) {
			if (problem.name !== "AbortError") {
				location.assign(address);
			}
			return;
		}
		rememberPlace(focusKey(document.activeElement));
		if (page.address !== shown) {
			history.pushState({ y: 0, focus: null }, "", page.address);
			shown = page.address;
		}
		if (!swapIn(page.html, document.activeElement)) {
			location.replace(page.address);
			return;
		}
		if (page.good) {
			keep(page.address, page.html);
		}
		if (toTop) {
			const results = document.querySelector(SWAP);
			focusOn(results);
			results.scrollIntoView({ block: "start" });
		}
		rememberPlace();
	}

	async function goBackTo(state) {
		const address = pageAddress(location.href);
		if (address === shown) {
			return;
		}
		shown = address;
		if (request) {
			request.abort();
		}
		let html = keptPages.get(address);
		if (html === undefined) {
			try {
				const page = await fetchPage(address);
				html = page.html;
				if (page.good) {
					keep(address, html);
				}
			} catch (problem) {
				if (problem.name !== "AbortError") {
					location.reload();
				}
				return;
			}
		}
		if (!swapIn(html, null)) {
			location.reload();
			return;
		}
		const focus = findByKey(state && state.focus);
		if (focus) {
			focusOn(focus);
		}
		window.scrollTo(0, state && state.y ? state.y : 0);
	}

	// The filters, and the order of the results, which stands among them.
	function isLive(form) {
		return form.method === "get" && (form.matches(FILTERS) || form.closest(SWAP) !== null);
	}

	function plainClick(event) {
		return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;
	}

	function startLists() {
		const results = document.querySelector(SWAP);
		const form = document.querySelector(FILTERS);
		if (!results || !form || !window.fetch || !history.pushState) {
			return;
		}
		let later = 0;
		keep(shown, document.documentElement.outerHTML);

		document.addEventListener("submit", (event) => {
			const sent = event.target;
			if (event.defaultPrevented || !isLive(sent)) {
				return;
			}
			event.preventDefault();
			window.clearTimeout(later);
			const folded = sent === form && !wide.matches;
			if (folded) {
				form.closest("details").open = false;
			}
			visit(formAddress(sent), folded);
		});

		// A choice takes effect by itself where the results stand beside it; arrow keys run through choices, so wait a little.
		document.addEventListener("change", (event) => {
			const field = event.target;
			if (!(field instanceof HTMLSelectElement)) {
				return;
			}
			const of = field.form;
			if (of && isLive(of) && (of !== form || wide.matches)) {
				window.clearTimeout(later);
				later = window.setTimeout(() => of.requestSubmit(), 250);
			}
		});

		document.addEventListener("click", (event) => {
			const link = event.target.closest("a[href]");
			if (!link || !link.closest(SWAP) || !plainClick(event) || link.origin !== location.origin || link.pathname !== location.pathname) {
				return;
			}
			event.preventDefault();
			link.focus({ preventScroll: true });
			visit(link.href, link.closest(".pager") !== null);
		});

		window.addEventListener("popstate", (event) => goBackTo(event.state));
		startPlaces();
	}

	// Where the reader was, kept with the address: the browser's own restoring comes before the list is back.
	function startPlaces() {
		let resting = 0;
		history.scrollRestoration = "manual";
		if (history.state && history.state.y && !location.hash) {
			window.scrollTo(0, history.state.y);
		}
		window.addEventListener("scroll", () => {
			window.clearTimeout(resting);
			resting = window.setTimeout(() => {
				if (pageAddress(location.href) === shown) {
					rememberPlace();
				}
			}, 150);
		}, { passive: true });
		window.addEventListener("pagehide", () => rememberPlace());
	}

	// ---- Filters: folded on a phone, open beside the list on a wide screen ----

	function startFilters() {
		const filters = document.querySelector("details.filters");
		if (!filters) {
			return;
		}
		const fit = () => {
			if (wide.matches) {
				filters.open = true;
			} else if (!filters.querySelector(".error") && !filters.contains(document.activeElement)) {
				filters.open = false;
			}
		};
		fit();
		wide.addEventListener("change", fit);
	}

	// ---- Forms ----

	const GIVE_UP = 20000; // milliseconds: by then the visitor has stopped the sending, or the answer has come

	// A form is sent once. The button stays focusable and keeps its words; a second press does nothing.
	function startSendOnce() {
		let wait = 0;
		const release = () => {
			window.clearTimeout(wait);
			setWaiting(false);
			for (const form of document.querySelectorAll("form[data-once]")) {
				form.dataset.once = "";
				for (const button of form.querySelectorAll("button")) {
					button.removeAttribute("aria-disabled");
				}
			}
		};
		document.addEventListener("submit", (event) => {
			const form = event.target;
			if (!form.matches("form[data-once]") || event.defaultPrevented) {
				return;
			}
			if (form.dataset.once === "sent") {
				event.preventDefault();
				return;
			}
			form.dataset.once = "sent";
			for (const button of form.querySelectorAll("button")) {
				button.setAttribute("aria-disabled", "true");
			}
			setWaiting(true);
			spoken.textContent = words.sending;
			wait = window.setTimeout(release, GIVE_UP);
		});
		window.addEventListener("pageshow", release);
	}

	function startErrors() {
		const errors = document.getElementById("errors");
		if (errors) {
			errors.focus();
		}
	}

	// "120 characters left": shown once somebody is at the field, spoken when the typing pauses near the end.
	function addCounter(field) {
		const counter = document.createElement("p");
		let pause = 0;
		const show = () => {
			counter.textContent = words.left.replace("{1}", String(field.maxLength - field.value.length));
			window.clearTimeout(pause);
			if (field.value.length > field.maxLength * 0.9) {
				pause = window.setTimeout(() => { spoken.textContent = counter.textContent; }, 1000);
			}
		};
		counter.className = "counter";
		field.closest(".field").append(counter);
		field.addEventListener("input", show);
		show();
	}

	function startCounters() {
		for (const field of document.querySelectorAll(".field textarea[maxlength], .field #f-title[maxlength]")) {
			field.addEventListener("focus", () => addCounter(field), { once: true });
		}
	}

	// ---- The header's current entry, on pages whose header does not know where it is ----

	function markCurrent() {
		for (const link of document.querySelectorAll("header.site nav a")) {
			if (link.pathname === location.pathname) {
				link.setAttribute("aria-current", "page");
			}
		}
	}

	// ---- The moderators' keys: off while typing, and for whoever turns them off (WCAG 2.2, 2.1.4) ----

	const KEYS_OFF = "outport-keys-off";

	function storedOff(off) {
		try {
			if (off !== undefined) {
				localStorage.setItem(KEYS_OFF, off ? "1" : "");
			}
			return localStorage.getItem(KEYS_OFF) === "1";
		} catch {
			return off === true; // no storage: the choice lasts as long as the page
		}
	}

	// The listing the keys are about: where the focus is, or the last one they led to.
	function startKeys() {
		const help = document.querySelector("[data-keys]");
		const cases = Array.from(document.querySelectorAll("[data-case]"));
		if (!help || cases.length === 0) {
			return;
		}
		const on = help.querySelector("[data-keys-on]");
		let at = -1;
		const here = () => {
			const of = document.activeElement.closest("[data-case]");
			at = of ? cases.indexOf(of) : at;
			return cases[at];
		};
		const move = (step) => {
			here();
			at = Math.min(Math.max(at + step, 0), cases.length - 1);
			cases[at].focus();
			cases[at].scrollIntoView({ block: "start" });
			spoken.textContent = `${at + 1} / ${cases.length}: ${cases[at].querySelector("h2").textContent}`;
		};
		const press = (selector) => {
			const button = here() && here().querySelector(selector);
			if (button) {
				spoken.textContent = button.textContent;
				button.form.requestSubmit(button);
			}
		};
		const reject = () => {
			const reason = here() && here().querySelector("[data-reason]");
			if (reason && reason.value === "none" && here().querySelector("textarea").value.trim() === "") {
				reason.focus();
				spoken.textContent = reason.labels[0].textContent;
			} else {
				press("button[value=reject]");
			}
		};
		const keys = {
			j: () => move(1),
			k: () => move(-1),
			a: () => press("button.primary"),
			r: reject,
			h: () => press("button[value=hold]"),
			"?": () => {
				help.open = !help.open;
				help.querySelector("summary").focus();
			}
		};
		on.checked = !storedOff();
		on.addEventListener("change", () => storedOff(!on.checked));
		document.addEventListener("keydown", (event) => {
			const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
			if (!on.checked || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !Object.hasOwn(keys, event.key)) {
				return;
			}
			event.preventDefault();
			keys[event.key]();
		});
	}

	document.documentElement.classList.add("js");
	window.outport = { setWaiting, spoken }; // for photos.js, which comes after this
	startKeys();
	markCurrent();
	startFilters();
	startLists();
	startSendOnce();
	startErrors();
	startCounters();
}());

// Outport's one script. Every page works without it; with it, lists change in place, forms are sent once and say how much
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

	// ---- Photos: a part of the page that changes in place ----

	const CHANGING = "[data-photos]";
	let steps = Promise.resolve(); // one after the other: each answers with the page as it is then
	let dragging = null;           // a promise of its end: until then the list must not change under it

	const changing = () => document.querySelector(CHANGING);
	const uploadForm = () => document.querySelector("form.upload");
	const photoItems = () => Array.from(document.querySelectorAll("[data-photo]"));
	const fillIn = (sentence, ...values) => sentence.replace(/\{(\d)\}/g, (all, n) => values[n - 1] ?? all);

	// The control that stands now where one stood before: of the same photo, else of the one in its place.
	function controlKey(element) {
		const item = element.closest("[data-photo]");
		return item && { photo: item.dataset.photo, at: photoItems().indexOf(item), id: element.id, act: element.form.className, value: element.value };
	}

	function findControl(key) {
		const items = photoItems();
		const item = items.find((one) => one.dataset.photo === key.photo) || items[Math.min(key.at, items.length - 1)];
		const same = item ? Array.from(item.querySelectorAll("input, button")).filter((one) => one.form.className === key.act) : [];
		return same.find((one) => key.id ? one.id === key.id : one.value === key.value) || same[same.length - 1];
	}

	// Pictures that are there are not fetched again, and what is typed but not saved stays.
	function keepWhatIsThere(now, next) {
		for (const item of next.querySelectorAll("[data-photo]")) {
			const old = now.querySelector(`[data-photo="${item.dataset.photo}"]`);
			if (old) {
				const shot = old.querySelector(".shot"), field = old.querySelector("input"), newer = item.querySelector("input");
				shot.querySelector("img").alt = item.querySelector("img").alt;
				item.querySelector(".shot").replaceWith(shot);
				if (field && newer && field.value !== field.defaultValue && field.value.trim() !== newer.value && !newer.matches("[aria-invalid]")) {
					newer.replaceWith(field);
				}
			}
		}
	}

	// The form for more stays: somebody may be choosing files with it. Its room does not.
	function updateUpload(page) {
		const now = uploadForm();
		const next = page.querySelector("form.upload");
		if (now && next) {
			now.dataset.limitCount = next.dataset.limitCount;
			now.querySelector("input").multiple = next.querySelector("input").multiple;
			now.querySelector(".hint").textContent = next.querySelector(".hint").textContent;
		} else if (now || next) {
			document.querySelector(".adding").replaceChildren(...page.querySelector(".adding").childNodes);
			dressUpload();
		}
	}

	// False: it is no such page.
	function putPhotos(html) {
		const page = new DOMParser().parseFromString(html, "text/html");
		const now = changing();
		const next = page.querySelector(CHANGING);
		if (!next || !document.querySelector(".adding") !== !page.querySelector(".adding")) {
			return false;
		}
		const lost = now.contains(document.activeElement);
		const key = lost ? controlKey(document.activeElement) : null;
		keepWhatIsThere(now, document.adoptNode(next));
		now.replaceWith(next);
		updateUpload(page);
		document.title = page.title;
		dressPhotos();
		const wrong = next.querySelector("#errors");
		if (wrong) {
			wrong.focus();
		} else if (lost) {
			next.tabIndex = -1;
			(key && findControl(key) || next).focus();
		}
		return true;
	}

	function say(text) {
		spoken.textContent = text;
	}

	// Brings the page as it is after sending data (null: as it is now). False: no answer, or another page, which other() deals with.
	function step(address, data, other) {
		steps = steps.then(() => dragging).then(() => {
			setWaiting(true);
			return fetch(address, { method: data ? "POST" : "GET", body: data, headers: { Accept: "text/html" }, credentials: "same-origin" });
		}).then((answer) => answer.text()).then((html) => {
			const good = putPhotos(html);
			const said = changing().querySelector(".notice");
			if (good) {
				say(said ? said.textContent.trim() : "");
			} else {
				other();
			}
			return good;
		}).catch(() => {
			if (data) {
				const notice = document.createElement("p");
				notice.className = "notice";
				notice.textContent = changing().dataset.notSaved;
				changing().querySelectorAll(":scope > .notice").forEach((old) => old.remove());
				changing().prepend(notice);
				say(notice.textContent);
			}
			return false;
		}).finally(() => setWaiting(false));
		return steps;
	}

	// The same, about one photo: says which number it has now.
	async function stepOf(photo, address, data, other) {
		const good = await step(address, data, other);
		const which = photo && document.querySelector(`[data-photo="${photo}"] .which`);
		if (good && which) {
			say(`${spoken.textContent} ${which.textContent}`);
		}
		return good;
	}

	function sendInPlace(event) {
		const form = event.target;
		const pressed = event.submitter;
		if (!form.closest(CHANGING) || form.dataset.plain) {
			return;
		}
		const data = new URLSearchParams(new FormData(form));
		const item = form.closest("[data-photo]");
		if (pressed && pressed.name) {
			data.append(pressed.name, pressed.value);
		}
		event.preventDefault();
		// It leads elsewhere, as when nobody is signed in any more: then it is sent as without a script.
		stepOf(form.matches(".move") && item.dataset.photo, form.action, data, () => {
			form.dataset.plain = "1";
			(form.isConnected ? () => form.requestSubmit(pressed) : () => location.reload())();
		});
	}

	// ---- The order by dragging; the buttons do the same ----

	const EDGE = 80; // pixels at the top and the bottom of the window where the page moves along

	function dressPhotos() {
		const items = document.querySelectorAll("ol[data-order] > li");
		for (const item of items) {
			item.querySelector(".grip")?.remove();
			if (items.length > 1) {
				const grip = document.createElement("span");
				grip.className = "grip";
				grip.setAttribute("aria-hidden", "true");
				item.querySelector(".shot").append(grip);
			}
		}
	}

	// Takes the dragged photo's place in the list past the middle of another: earlier, a low one and a high one would change places forever.
	function placeAt(item, x, y) {
		const under = document.elementFromPoint(x, y)?.closest("[data-photo]");
		if (under && under !== item) {
			const box = under.getBoundingClientRect();
			const down = item.compareDocumentPosition(under) & Node.DOCUMENT_POSITION_FOLLOWING;
			if (down && y > box.top + box.height / 2) {
				under.after(item);
			} else if (!down && y < box.top + box.height / 2) {
				under.before(item);
			}
		}
	}

	function startDrag(event) {
		const grip = event.target.closest(event.pointerType === "mouse" ? ".photos .shot" : ".photos .grip");
		const list = grip && grip.closest("ol[data-order]");
		if (!list || event.button !== 0 || dragging || list.children.length < 2) {
			return;
		}
		const item = grip.closest("li"), before = Array.from(list.children);
		let x = event.clientX, y = event.clientY, frame = 0, release;
		const ended = new AbortController();
		dragging = new Promise((done) => { release = done; });
		event.preventDefault();
		list.setPointerCapture(event.pointerId);
		item.classList.add("dragged");

		const follow = () => {
			window.scrollBy(0, (Math.min(0, y - EDGE) + Math.max(0, y - window.innerHeight + EDGE)) / 5);
			placeAt(item, x, y);
			frame = requestAnimationFrame(follow);
		};
		const end = (back) => {
			const to = Array.from(list.children).indexOf(item);
			ended.abort();
			cancelAnimationFrame(frame);
			item.classList.remove("dragged");
			dragging = null;
			release();
			if (back) {
				list.append(...before);
			} else if (to !== before.indexOf(item)) {
				moved = true;
				stepOf(item.dataset.photo, item.querySelector("form.move").action, new URLSearchParams({ to: to }), () => location.reload())
					.then((good) => good || list.append(...before));
			}
		};
		const on = (target, name, act) => target.addEventListener(name, act, { signal: ended.signal });
		on(list, "pointermove", (to) => {
			x = to.clientX;
			y = to.clientY;
			placeAt(item, x, y);
		});
		on(list, "pointerup", () => end(false));
		on(list, "pointercancel", () => end(true));
		on(document, "keydown", (pressed) => pressed.key === "Escape" && end(true));
		frame = requestAnimationFrame(follow);
	}

	// ---- Uploads: a line for each file, two under way at a time ----

	const AT_ONCE = 2;
	const STALLED = 60000; // milliseconds without a byte going out: the connection is broken
	const READ = 300000;   // as long as nginx waits for the worker
	const LONGEST = 60000; // between two tries
	const PREVIEW = 192;   // pixels
	let reviewed = false;  // with one of them the listing went back to the moderators
	let uploads = [];      // those that have a line
	let batch = [];        // those that were chosen since nothing was under way: in this order they are to stand
	let moved = false;     // somebody made an order of their own meanwhile
	let drawing = Promise.resolve();

	const inState = (...states) => uploads.filter(({ state }) => states.includes(state));
	const named = (upload, text, ...more) => fillIn(upload.words[text], upload.file.name, ...more);

	function megabytes(bytes, pattern) {
		const tenths = Math.ceil(bytes * 10 / 1048576);
		return fillIn(pattern, (tenths / 10).toLocaleString(french ? "fr-CA" : "en-CA", { minimumFractionDigits: tenths % 10 ? 1 : 0 }));
	}

	function addButton(upload, text, act) {
		const made = document.createElement("button");
		const which = document.createElement("span");
		made.type = "button";
		which.className = "unseen";
		which.textContent = ` ${upload.file.name}`;
		made.append(text, which);
		made.addEventListener("click", act);
		upload.line.append(made);
		return made;
	}

	// What is under way is listed behind the form, from the first on.
	function queueOf(form) {
		let queue = document.querySelector(".queue");
		if (!queue) {
			queue = document.createElement("ul");
			queue.className = "queue";
			(form.closest(".adding") || form).after(queue);
		}
		return queue;
	}

	function addLine(upload) {
		const name = document.createElement("strong");
		const { line } = upload;
		name.textContent = upload.file.name;
		for (const part of ["canvas", "progress", "p"]) {
			upload[part] = document.createElement(part);
		}
		upload.canvas.setAttribute("aria-hidden", "true");
		upload.progress.value = 0;
		upload.progress.setAttribute("aria-label", upload.file.name);
		line.append(upload.canvas, name, upload.progress, upload.p);
		upload.name = name;
		upload.again = addButton(upload, upload.words.sayAgain, () => sendAgain(upload));
		upload.cancel = addButton(upload, upload.words.sayCancel, () => cancel(upload));
		queueOf(uploadForm()).append(line);
	}

	// Drawn, not linked: the policy lets no blob: in. What this browser cannot read has no preview.
	function preview({ file, canvas }) {
		drawing = drawing.then(() => createImageBitmap(file, { resizeWidth: PREVIEW, resizeQuality: "medium" })).then((picture) => {
			canvas.width = picture.width;
			canvas.height = picture.height;
			canvas.getContext("2d").drawImage(picture, 0, 0);
			picture.close();
		}).catch(() => {});
	}

	// queued, sending, done; broken: it may be sent again; refused: it may not.
	function setState(upload, state, text) {
		const { line, again, progress } = upload;
		const lost = document.activeElement === again;
		upload.state = state;
		line.className = state;
		upload.p.textContent = text;
		progress.hidden = state === "broken" || state === "refused";
		upload.name.hidden = text.startsWith(upload.file.name);
		again.hidden = state !== "broken";
		if (lost && again.hidden) {
			upload.cancel.focus();
		}
		if (state === "refused") {
			upload.cancel.firstChild.data = upload.words.sayHide;
		}
		if (progress.hidden) {
			say(text);
		}
	}

	function forget(upload) {
		const lost = upload.line.contains(document.activeElement);
		uploads = uploads.filter((one) => one !== upload);
		upload.line.remove();
		if (lost) {
			(uploads.length > 0 ? uploads[0].cancel : document.getElementById("f-photo") || changing()).focus();
		}
	}

	function cancel(upload) {
		window.clearTimeout(upload.later);
		upload.xhr?.abort();
		forget(upload);
		if (upload.state !== "refused") {
			say(named(upload, "sayCancelled"));
		}
		if (upload.sent) { // it may be there all the same
			step(location.pathname, null, () => {});
		}
		sendNext();
	}

	// What the answer says of the file: JSON, the form's page with its errors, or a page of nginx's.
	function reasonOf({ responseText }, { file }) {
		try {
			const said = JSON.parse(responseText);
			const [one] = said.errors || [];
			return one && (one.detail || one.message) || said.detail;
		} catch {
			const page = new DOMParser().parseFromString(responseText, "text/html");
			const text = page.querySelector("#errors li") || page.querySelector("main p");
			return text && (text.matches("li") ? "" : `${file.name}${french ? "\u00a0" : ""}: `) + text.textContent;
		}
	}

	function tryLater(upload, text) {
		upload.tries += 1;
		upload.later = window.setTimeout(() => sendAgain(upload), Math.min(LONGEST, 1000 * 2 ** upload.tries));
		setState(upload, "broken", text);
		sendNext();
	}

	// Two at a time may come in another order than they were chosen in. True: the order was changed.
	async function putInOrder() {
		const all = photoItems().map(({ dataset }) => dataset.photo);
		const mine = batch.map(({ id }) => id).filter((id) => all.includes(id));
		const places = new Set(mine);
		const wanted = all.map((id) => places.has(id) ? mine.shift() : id).join();
		const list = document.querySelector("ol[data-order]");
		batch = [];
		const needed = !moved && list !== null && wanted !== all.join();
		moved = false;
		return needed && step(list.dataset.order, new URLSearchParams({ order: wanted }), () => {});
	}

	async function arrived(upload) {
		upload.state = "done";
		try {
			const { photos, review } = JSON.parse(upload.xhr.responseText);
			upload.id = String(photos[0].id);
			reviewed = reviewed || review;
		} catch {
			upload.id = null; // a picture's page
		}
		const show = () => step(`${location.pathname}?done=${upload.done}${reviewed ? "-review" : ""}`, null, () => {});
		sendNext();
		while (!await show()) {
			await new Promise((later) => { window.setTimeout(later, 5000); });
		}
		if (uploads.every((one) => one === upload || one.state === "refused")) {
			await putInOrder() && await show();
		}
		forget(upload);
		say(named(upload, "sayAdded"));
	}

	function answered(upload) {
		const { status } = upload.xhr;
		const wait = Number(upload.xhr.getResponseHeader("Retry-After")) * 1000;
		const reason = () => reasonOf(upload.xhr, upload) || named(upload, "sayAway");
		if (status >= 200 && status < 300) {
			arrived(upload);
		} else if ((status === 429 || status >= 500) && wait <= LONGEST) {
			tryLater(upload, reason());
		} else {
			setState(upload, [401, 403, 429].includes(status) || status >= 500 ? "broken" : "refused", reason());
			sendNext();
		}
	}

	function send(upload) {
		const xhr = new XMLHttpRequest();
		const body = new FormData();
		let timer = 0;
		const within = (ms) => {
			window.clearTimeout(timer);
			timer = window.setTimeout(() => {
				xhr.abort();
				tryLater(upload, named(upload, "sayBroken"));
			}, ms);
		};
		upload.xhr = xhr;
		upload.sent = false;
		upload.progress.value = 0;
		setState(upload, "sending", upload.words.saySending);
		xhr.upload.onprogress = ({ loaded, total }) => {
			within(STALLED);
			upload.progress.value = total > 0 ? loaded / total : 0;
		};
		xhr.upload.onload = () => {
			within(READ);
			upload.sent = true;
			upload.p.textContent = upload.words.sayReading;
		};
		xhr.onerror = () => tryLater(upload, named(upload, "sayBroken"));
		xhr.onload = () => answered(upload);
		xhr.onloadend = () => window.clearTimeout(timer);
		xhr.open("POST", upload.action);
		xhr.setRequestHeader("Accept", "application/json");
		body.append("photo", upload.file);
		within(STALLED);
		xhr.send(body);
	}

	function sendNext() {
		const free = Math.max(0, AT_ONCE - inState("sending").length);
		inState("queued").slice(0, free).forEach(send);
	}

	function sendAgain(upload) {
		window.clearTimeout(upload.later);
		setState(upload, "queued", upload.words.sayWaiting);
		sendNext();
	}

	// Why a file need not be sent at all; undefined: it may be.
	function refusal(upload, form) {
		const { size, type } = upload.file;
		const limit = Number(form.dataset.limitBytes);
		if (size > limit) {
			return named(upload, "sayLarge", megabytes(size, upload.words.sayMegabytes));
		}
		if (size === 0) {
			return named(upload, "sayEmpty");
		}
		// What the system has no name for the server looks into.
		if (type !== "" && !form.querySelector("input").accept.split(",").includes(type)) {
			return named(upload, "sayType");
		}
		return inState("queued", "sending", "broken", "done").length < Number(form.dataset.limitCount) ? undefined : named(upload, "sayMany");
	}

	function take(files) {
		const form = uploadForm();
		const several = document.querySelector(".adding") !== null;
		if (!form) {
			say(several ? document.querySelector(".adding p").textContent : "");
			return;
		}
		if (!several) { // a picture: the last choice counts
			uploads.forEach(cancel);
		}
		for (const file of Array.from(files).slice(0, several ? files.length : 1)) {
			const upload = { file: file, words: Object.assign({}, form.dataset), line: document.createElement("li"), action: form.action, tries: 0 };
			const reason = refusal(upload, form);
			upload.done = several ? "add" : "1";
			addLine(upload);
			uploads.push(upload);
			if (reason) {
				setState(upload, "refused", reason);
			} else {
				batch.push(upload);
				preview(upload);
				setState(upload, "queued", upload.words.sayWaiting);
			}
		}
		say(inState("refused").map(({ p }) => p.textContent).join(" "));
		sendNext();
	}

	// What is chosen is sent at once: the button gives its place to a line about the other ways.
	function dressUpload() {
		const form = uploadForm();
		const submit = form && form.querySelector(":scope > button");
		if (!submit) {
			return;
		}
		const ways = document.createElement("p");
		ways.className = "other-ways";
		ways.textContent = form.dataset.sayDrop;
		submit.replaceWith(ways);
		form.querySelector("input").addEventListener("change", (event) => {
			take(event.target.files);
			event.target.value = "";
		});
	}

	function startUploads() {
		const light = (on) => uploadForm()?.classList.toggle("over", on);
		const onFiles = (name, act) => document.addEventListener(name, (event) => {
			const from = event.clipboardData || event.dataTransfer;
			if (from && from.types.includes("Files")) {
				event.preventDefault();
				act(from.files);
			}
		});
		onFiles("dragenter", () => light(true));
		onFiles("dragover", () => light(true));
		document.addEventListener("dragleave", (event) => light(event.relatedTarget !== null));
		onFiles("drop", (files) => {
			light(false);
			take(files);
		});
		onFiles("paste", take);
		window.addEventListener("online", () => inState("broken").forEach(sendAgain));
		window.addEventListener("beforeunload", (event) => {
			if (inState("queued", "sending", "broken").length > 0) {
				event.preventDefault();
			}
		});
	}

	function startPhotos() {
		if (!changing()) {
			return;
		}
		document.addEventListener("submit", sendInPlace);
		document.addEventListener("pointerdown", startDrag);
		document.addEventListener("dragstart", (event) => event.target.closest?.("ol[data-order]") && event.preventDefault());
		dressPhotos();
		dressUpload();
		startUploads();
	}

	document.documentElement.classList.add("js");
	startKeys();
	markCurrent();
	startFilters();
	startLists();
	startPhotos();
	startSendOnce();
	startErrors();
	startCounters();
}());

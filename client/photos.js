// Photos in place: sent one by one with their progress, put in order by dragging, described and removed. Without it the page's forms do the same.
(function () {
	"use strict";

	const french = document.documentElement.lang === "fr";
	const { setWaiting, spoken } = window.outport;

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

	document.addEventListener("submit", sendInPlace, true); // before scripts.js notes that the form is on its way
	document.addEventListener("pointerdown", startDrag);
	document.addEventListener("dragstart", (event) => event.target.closest?.("ol[data-order]") && event.preventDefault());
	dressPhotos();
	dressUpload();
	startUploads();
}());

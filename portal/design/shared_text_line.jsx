// The line between an editor and the text's place on the server: what is sent, what is confirmed, and what to do when it breaks.
import { createDecoder, readVarString, readVarUint } from "lib0/decoding";
import { createEncoder, toUint8Array, writeVarString, writeVarUint, writeVarUint8Array } from "lib0/encoding";
import { encodeAwarenessUpdate } from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { LATE, mind } from "../parts/saving.jsx";
import { currentLanguage } from "../parts/words.jsx";

export const FIELD = "text";
const CARETS = 1;
const OWN = 100;
// Why the server closes a line (portal/writing/state.py knows the same numbers).
const [SIGNED_OUT, GONE, AGAIN, ANEW, TOO_MANY] = [4401, 4404, 4408, 4409, 4429];
const BROKEN = [1007, 1008, 1009];
const MARK_EVERY = 80;
const SILENT = 12000;
const PAUSE = 5000;
const LEAVE_AFTER = 2000;

const place = () => `${location.origin.replace(/^http/, "ws")}/_write`;

export function textOf(doc) {
  const lines = [];
  for (const element of doc.getXmlFragment(FIELD).toArray()) {
    const parts = element instanceof Y.XmlElement ? element.toArray() : [];
    lines.push(parts.map((part) => (part instanceof Y.XmlText ? part.toDelta().map(({ insert }) => insert).join("") : "")).join(""));
  }
  return lines.join("\n");
}

// What was typed and never stored, brought into a document that was begun anew. Rather twice than lost.
function bring(doc, mine, base) {
  const now = textOf(doc);
  if (now === mine) return;
  let head = 0;
  while (head < Math.min(now.length, mine.length) && now[head] === mine[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(now.length, mine.length) - head && now.at(-1 - tail) === mine.at(-1 - tail)) tail += 1;
  const typed = mine.slice(head, mine.length - tail);
  const gone = now === base ? now.length - tail - head : 0;
  let at = head;
  doc.transact(() => {
    const root = doc.getXmlFragment(FIELD);
    for (const element of root.toArray()) {
      const words = element.get(0);
      const length = words instanceof Y.XmlText ? words.length : 0;
      if (words instanceof Y.XmlText && at <= length && !typed.includes("\n") && at + gone <= length) {
        words.delete(at, gone);
        words.insert(at, typed);
        return;
      }
      at -= length + 1;
    }
    for (const line of typed.split("\n")) {
      const element = new Y.XmlElement("paragraph");
      element.insert(0, [new Y.XmlText(line)]);
      root.push([element]);
    }
  });
}

class Line {
  constructor(text) {
    this.text = text;
    this.users = 0;
    this.listeners = new Set();
    this.changed = 0;
    this.kept = 0;
    this.at = "";
    this.refused = null;
    this.late = false;
    this.ready = false;
    this.may = true;
    this.ended = false;
    this.me = null;
    this.writing = null;
    this.laid = "";
    this.broken = 0;
    this.shown = null;
    this.begin();
    this.watch = setInterval(() => this.look(), 3000);
    this.cameBack = () => this.again();
    window.addEventListener("online", this.cameBack);
  }

  begin(carried) {
    this.doc = new Y.Doc();
    this.base = null;
    this.provider = new WebsocketProvider(place(), this.text, this.doc, {
      connect: false,
      disableBc: true,
      maxBackoffTime: 3000,
      params: { lang: currentLanguage() || "", laid: this.laid },
      shouldReconnect: ({ code }) => !(code >= 4400 && code < 4500) && !BROKEN.includes(code),
    });
    const { provider, doc } = this;
    const { awareness } = provider;
    // Of carets, only one's own are told; the server tells the others'.
    awareness.off("update", provider._awarenessUpdateHandler);
    awareness.on("update", (changes, origin) => {
      if (origin === provider) return;
      const own = [...changes.added, ...changes.updated, ...changes.removed].filter((writer) => writer === doc.clientID);
      if (own.length) this.send(CARETS, (out) => writeVarUint8Array(out, encodeAwarenessUpdate(awareness, own)));
    });
    provider.messageHandlers[OWN] = (_out, message) => provider === this.provider && this.hear(JSON.parse(readVarString(message)));
    doc.on("update", (update, origin) => {
      if (provider !== this.provider) return;
      if (origin === provider) this.heardWriting(update);
      else this.typed();
    });
    provider.on("sync", (synced) => {
      if (!synced || provider !== this.provider) return;
      if (carried) {
        bring(doc, carried.mine, carried.base);
        carried = null;
      }
      this.base ??= textOf(doc);
      this.ready = true;
      if (awareness.getLocalState()) awareness.setLocalState(awareness.getLocalState());
      if (this.changed > this.kept) this.mark();
      this.tell();
    });
    provider.on("status", () => this.tell());
    provider.on("closed", ({ code }) => provider === this.provider && this.closed(code));
    provider.connect();
  }

  closed(code) {
    if (code === AGAIN) this.provider.connect();
    else if (code === TOO_MANY) setTimeout(() => this.provider.connect(), 3000);
    else if (code === ANEW || BROKEN.includes(code)) {
      this.broken += code === ANEW ? 0 : 1;
      const carried = this.changed > this.kept ? { mine: textOf(this.doc), base: this.base } : null;
      this.provider.destroy();
      this.doc.destroy();
      this.laid = "";
      // Whatever was wrong with it, only its words are brought along.
      if (this.broken < 4) setTimeout(() => this.begin(carried), code === ANEW ? 0 : 500 * this.broken);
      else this.ended = true;
    } else if (code === GONE || code === SIGNED_OUT) this.ended = true;
    this.tell();
  }

  send(kind, write) {
    const { provider } = this;
    if (!provider.wsconnected || provider.ws?.readyState !== WebSocket.OPEN) return;
    const out = createEncoder();
    writeVarUint(out, kind);
    write(out);
    provider.ws.send(toUint8Array(out));
  }

  typed() {
    this.changed += 1;
    this.lateAt ??= setTimeout(() => {
      this.late = true;
      this.tell();
    }, LATE);
    this.marking ??= setTimeout(() => this.mark(), MARK_EVERY);
    this.tell();
  }

  mark() {
    clearTimeout(this.marking);
    this.marking = null;
    this.send(OWN, (out) => writeVarString(out, JSON.stringify({ mark: this.changed })));
  }

  hear(said) {
    if (said.hello) {
      this.me = said.hello;
      this.may = said.hello.write;
      this.laid = String(said.hello.laid);
      this.provider.params.laid = this.laid;
    } else if (said.kept !== undefined) {
      this.kept = Math.max(this.kept, said.kept);
      this.at = said.at;
      this.refused = null;
      this.broken = 0;
      clearTimeout(this.lateAt);
      this.lateAt = null;
      this.late = false;
      if (this.kept >= this.changed) this.base = textOf(this.doc);
      else this.typedAgain();
    } else if (said.refused !== undefined) this.refused = { why: said.why, words: said.words ?? "" };
    else if (said.later !== undefined) this.late = true;
    else return;
    this.tell();
  }

  typedAgain() {
    this.lateAt = setTimeout(() => {
      this.late = true;
      this.tell();
    }, LATE);
  }

  // Who writes, by the numbers under which their letters stand.
  heardWriting(update) {
    if (!this.ready || !this.provider.synced) return;
    const { awareness } = this.provider;
    const writers = new Set(Y.decodeUpdate(update).structs.map((struct) => struct.id.client));
    const states = awareness.getStates();
    const others = [...states].filter(([writer, state]) => writer !== this.doc.clientID && state.user);
    const [, found] = others.find(([writer]) => writers.has(writer)) ?? (others.length === 1 ? others[0] : []);
    const user = found?.user;
    if (!user) return;
    const elsewhere = user.name === this.me?.name && user.role === this.me?.role;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => {
      this.writing = null;
      this.tell();
    }, PAUSE);
    if (this.writing?.name !== user.name || this.writing?.role !== user.role) {
      this.writing = { ...user, elsewhere };
      this.tell();
    }
  }

  look() {
    const { provider } = this;
    // A half-open line looks open: the server says something every five seconds.
    if (provider.wsconnected && Date.now() - provider.wsLastMessageReceived > SILENT) this.again();
  }

  again() {
    if (this.ended) return;
    this.provider.disconnect();
    this.provider.connect();
  }

  get connected() {
    return this.provider.wsconnected && this.provider.synced;
  }

  get fares() {
    const unsaved = this.changed > this.kept;
    if (!unsaved) return this.at ? "saved" : "";
    if (this.refused && this.connected) return "refused";
    return this.connected && !this.late && !this.ended ? "saving" : "offline";
  }

  tell() {
    mind(`together ${this.text}`, this.fares === "offline" || this.fares === "refused");
    this.shown = {
      doc: this.ready ? this.doc : null,
      provider: this.provider,
      fares: this.fares,
      at: this.at,
      refused: this.refused,
      may: this.may && !this.ended,
      ended: this.ended,
      writing: this.writing,
    };
    this.listeners.forEach((listener) => listener());
  }

  // What is not stored yet stays, with its line, until it is: the person may only have gone to another page.
  leave() {
    this.users -= 1;
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => {
      if (this.users) return;
      if (this.changed > this.kept && !this.ended) {
        this.users += 1;
        this.leave();
        return;
      }
      clearInterval(this.watch);
      window.removeEventListener("online", this.cameBack);
      mind(`together ${this.text}`, false);
      lines.delete(this.text);
      this.provider.destroy();
      this.doc.destroy();
    }, LEAVE_AFTER);
  }
}

const lines = new Map();

export function lineTo(text) {
  if (!lines.has(text)) {
    const line = new Line(text);
    lines.set(text, line);
    line.tell();
  }
  return lines.get(text);
}

export function subscribe(line, listener) {
  line.users += 1;
  line.listeners.add(listener);
  return () => {
    line.listeners.delete(listener);
    line.leave();
  };
}

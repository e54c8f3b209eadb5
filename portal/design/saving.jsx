// What waits for the server's answer: operations, the connection, and texts that are not stored yet.
import { useSyncExternalStore } from "react";

export const LATE = 5000;
export const AGAIN = 10000;
const FORGOTTEN = 30000;

// Version 4 by hand: crypto.randomUUID is missing on plain-http addresses inside a practice's own network.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const waiting = new Map();
const listeners = new Set();
const nothing = { state: "", at: "" };
let shown = nothing;

function show(next) {
  if (next.state === shown.state && next.at === shown.at) return;
  shown = next;
  listeners.forEach((listener) => listener());
}

function look(at = shown.at) {
  const open = [...waiting.values()];
  if (open.some((wait) => wait.late)) show({ state: "late", at });
  else if (open.length) show({ state: "saving", at });
  else show({ state: at ? "saved" : "", at });
}

// Register an operation until its receipt comes; `answered` is called with the receipt, `late` after five seconds without one.
// `settled` only wants to know that it was answered or is late: what is said about it stands elsewhere on the page.
export function waitFor(op, { answered, late, settled } = {}) {
  forget(op);
  const wait = { answered, settled, late: false };
  wait.timer = setTimeout(() => {
    wait.late = true;
    late?.();
    settled?.();
    // A click is not sent again: after a while the page shows what holds, and nothing is waited for any more.
    if (!answered) wait.timer = setTimeout(() => forget(op), FORGOTTEN);
    look();
  }, LATE);
  waiting.set(op, wait);
  look();
}

export function forget(op) {
  const wait = waiting.get(op);
  if (wait) {
    clearTimeout(wait.timer);
    waiting.delete(op);
    look();
  }
}

// An operation by click: a fresh id that the page's saved line waits for.
export function operation() {
  const op = newId();
  waitFor(op);
  return op;
}

// Operations of fields, which say themselves how they fared.
const atTheirPlace = new Set();
export const wasAnsweredAtItsPlace = (op) => atTheirPlace.has(op);

export function receive(receipts) {
  for (const receipt of receipts ?? []) {
    const wait = waiting.get(receipt.op);
    if (!wait) continue;
    if (wait.answered) atTheirPlace.add(receipt.op);
    wait.settled?.();
    if (receipt.outcome === "later" && wait.answered) {
      clearTimeout(wait.timer);
      wait.late = true;
      wait.answered(receipt);
      look();
      continue;
    }
    clearTimeout(wait.timer);
    waiting.delete(receipt.op);
    wait.answered?.(receipt);
    look(receipt.outcome === "saved" ? receipt.at : shown.at);
  }
}

export function useSaved() {
  return useSyncExternalStore(
    (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    () => shown,
    () => nothing,
  );
}

// Reconnecting: texts send their open operation again, with the same id. A click cannot: the rebuilt page shows what holds.
const returns = new Set();
let connected = true;

export function onReturn(listener) {
  returns.add(listener);
  return () => returns.delete(listener);
}

export const isConnected = () => connected;

export function connection(up) {
  if (up && !connected) {
    const clicks = [...waiting].filter(([, wait]) => !wait.answered).map(([op]) => op);
    setTimeout(() => clicks.forEach(forget), LATE);
    returns.forEach((listener) => listener());
  }
  connected = up;
}

// Texts that the server has not confirmed: kept in memory while their field is away from the page, never in storage.
export const kept = new Map();
const unsaved = new Set();

function ask(event) {
  if (document.documentElement.dataset.away !== undefined) return;
  event.preventDefault();
  // Reflex hangs up as soon as the browser asks; whoever stays needs the line again.
  setTimeout(() => document.dispatchEvent(new Event("visibilitychange")), 50);
}

export function mind(name, open) {
  const before = unsaved.size;
  if (open) unsaved.add(name);
  else unsaved.delete(name);
  if (!before && unsaved.size) window.addEventListener("beforeunload", ask);
  if (before && !unsaved.size) window.removeEventListener("beforeunload", ask);
}

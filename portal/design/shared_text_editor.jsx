// The editor of a text that two people write at once: plain paragraphs, the other's caret, and how one's words fare.
import { Editor, Extension } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import Document from "@tiptap/extension-document";
import Paragraph from "@tiptap/extension-paragraph";
import Text from "@tiptap/extension-text";
import { Fragment, Slice } from "@tiptap/pm/model";
import { yUndoPluginKey } from "@tiptap/y-tiptap";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Still } from "./shared_text.jsx";
import { FIELD, lineTo, subscribe, textOf } from "./shared_text_line.jsx";
import { useWords } from "../parts/words.jsx";

const NAMED = 2500;
// What a stored text must not hold; a browser may bring it along with something that was copied.
const UNSTORABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

function caretOf({ name, role }) {
  const caret = document.createElement("span");
  caret.className = `their-caret ${role}`;
  caret.dataset.who = `${role} ${name}`;
  caret.setAttribute("aria-hidden", "true");
  const flag = document.createElement("span");
  flag.className = "their-name";
  const mark = document.createElement("span");
  mark.className = `mark ${role}`;
  // Drawn, not written: it is no part of the text.
  flag.dataset.name = name;
  flag.append(mark);
  caret.append(flag);
  return caret;
}

// The name is shown, on the side where it fits.
function nameAt(caret) {
  delete caret.dataset.turned;
  caret.dataset.named = "";
  const box = caret.closest(".together").getBoundingClientRect();
  const name = caret.firstElementChild.getBoundingClientRect();
  if (name.right > box.right || name.left < box.left) caret.dataset.turned = ""; // the screen knows no direction
}

const OneLine = Extension.create({
  name: "oneLine",
  addKeyboardShortcuts() {
    return { Enter: () => true, "Shift-Enter": () => true, "Mod-Enter": () => true };
  },
});

function makeEditor({ element, doc, provider, many, attributes, refuse, room }) {
  return new Editor({
    element,
    extensions: [
      many ? Document : Document.extend({ content: "paragraph" }),
      Paragraph,
      Text,
      ...(many ? [] : [OneLine]),
      Collaboration.configure({ document: doc, field: FIELD }),
      CollaborationCaret.configure({
        provider,
        user: { name: "", role: "" },
        render: caretOf,
        selectionRender: ({ role }) => ({ nodeName: "span", class: `their-selection ${role}` }),
      }),
    ],
    injectCSS: false,
    enableInputRules: false,
    enablePasteRules: false,
    coreExtensionOptions: { clipboardTextSerializer: { blockSeparator: "\n" } },
    editorProps: {
      attributes,
      clipboardTextParser: (text, _context, _plain, { state: { schema } }) =>
        new Slice(Fragment.from(text.split("\n").map((line) => schema.nodes.paragraph.create(null, line ? schema.text(line) : null))), 1, 1),
      handlePaste: (view, event) => {
        if (!event.clipboardData) return false;
        let text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").normalize("NFC").replace(UNSTORABLE, "");
        if (!many) text = text.replace(/\s*\n\s*/g, " ");
        if ([...text].length > room()) refuse();
        else if (text) view.pasteText(text);
        return true;
      },
      handleDrop: (_view, _event, slice) => !many && slice.content.childCount > 1,
    },
  });
}

export default function TogetherEditor({ text, value, most = 0, lines = 1, title = false, many = true, labelId }) {
  const words = useWords();
  const [line] = useState(() => lineTo(text));
  const shown = useSyncExternalStore(
    (listener) => subscribe(line, listener),
    () => line.shown,
    () => line.shown,
  );
  const place = useRef(null);
  const editor = useRef(null);
  const wanted = useRef(false);
  const [, redraw] = useState(0);
  const [tooMuch, setTooMuch] = useState(false);
  const faresId = `${labelId}-fares`;
  const { doc, provider, may } = shown;

  useEffect(() => {
    if (!doc || !place.current) return;
    const made = makeEditor({
      element: place.current,
      doc,
      provider,
      many,
      attributes: {
        role: "textbox",
        "aria-multiline": many ? "true" : "false",
        "aria-labelledby": labelId,
        "aria-describedby": faresId,
        dir: "auto",
        class: `input people together ${title ? "title" : ""}`,
        style: `--rows: ${lines}`,
        translate: "no",
      },
      refuse: () => setTooMuch(true),
      room: () => (most ? most * 2 - [...textOf(doc)].length : Infinity),
    });
    editor.current = made;
    const drawn = () => redraw((n) => n + 1);
    const changed = () => setTooMuch(false);
    made.on("transaction", drawn);
    made.on("update", changed);
    if (wanted.current) made.commands.focus("end");
    const named = new Map();
    const moved = ({ added, updated }, origin) => {
      if (origin !== provider) return;
      for (const writer of [...added, ...updated]) {
        const user = provider.awareness.getStates().get(writer)?.user;
        if (!user) continue;
        const carets = () => [...place.current?.querySelectorAll(".their-caret") ?? []].filter((one) => one.dataset.who === `${user.role} ${user.name}`);
        requestAnimationFrame(() => carets().forEach(nameAt));
        clearTimeout(named.get(writer));
        named.set(writer, setTimeout(() => carets().forEach((one) => delete one.dataset.named), NAMED));
      }
    };
    provider.awareness.on("change", moved);
    // What an input method holds back is in the page but not in the text yet.
    const flush = () => made.view.domObserver?.forceFlush?.();
    window.addEventListener("pagehide", flush);
    window.addEventListener("beforeunload", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      window.removeEventListener("beforeunload", flush);
      provider.awareness.off("change", moved);
      named.forEach(clearTimeout);
      flush();
      editor.current = null;
      made.destroy();
    };
  }, [doc, provider, labelId, many]);

  useEffect(() => {
    editor.current?.setEditable(may, false);
  }, [may, doc]);

  const count = doc && most ? [...textOf(doc)].length : 0;
  const near = most > 0 && count >= most * 0.8;
  const long = most > 0 && count > most;
  let fares = "";
  let warns = false;
  if (long) (fares = words("Too long by {n}: nothing is lost, please shorten it", { n: count - most })), (warns = true);
  else if (shown.fares === "refused") (fares = `${words("Not saved")}. ${shown.refused.words}`), (warns = true);
  else if (shown.fares === "offline" && shown.ended) (fares = words("Not saved: you cannot write here any more. Your text is still on this page.")), (warns = true);
  else if (shown.fares === "offline") (fares = words("Offline, kept on this page")), (warns = true);
  else if (tooMuch) (fares = words("That is more than fits here, so it was not put in.")), (warns = true);
  else if (shown.fares === "saving") fares = words("Saving");
  else if (shown.fares === "saved") fares = words("Saved {time}", { time: shown.at });
  let writes = "";
  if (shown.writing) writes = shown.writing.elsewhere ? words("You are writing in another window") : words("{name} is writing", { name: shown.writing.name });

  const stacks = editor.current ? yUndoPluginKey.getState(editor.current.state)?.undoManager : null;
  const canUndo = may && Boolean(stacks?.undoStack.length);
  const canRedo = may && Boolean(stacks?.redoStack.length);

  // With the pointer one goes on writing; with the keyboard one stays on the key.
  function go(event, step) {
    const made = editor.current;
    if (!made) return;
    made.commands[step]();
    if (event.detail) made.commands.focus();
  }

  return (
    <>
      {doc ? (
        <div ref={place} className="together-place" />
      ) : (
        <div onPointerDown={() => (wanted.current = true)}>
          <Still value={value} title={title} lines={lines} labelId={labelId} />
        </div>
      )}
      <div className="fares together-fares" data-state={shown.fares}>
        <span id={faresId} className={warns ? "late" : undefined}>
          {fares}
        </span>
        <span className="together-keys">
          {writes ? (
            <span className="who-writes" aria-hidden="true">
              <span className={`mark ${shown.writing.role}`} />
              {writes}
            </span>
          ) : null}
          {near && !long ? <span className="number">{words("{n} of {most}", { n: count, most })}</span> : null}
          {canUndo || canRedo ? (
            <>
              <button type="button" className="btn icon little" disabled={!canUndo} aria-label={words("Undo what I wrote")} title={words("Undo what I wrote")} onClick={(event) => go(event, "undo")}>
                <svg className="icon-svg turns" viewBox="0 0 24 24" aria-hidden="true">
                  <path d="M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3" />
                </svg>
              </button>
              <button type="button" className="btn icon little" disabled={!canRedo} aria-label={words("Write it again")} title={words("Write it again")} onClick={(event) => go(event, "redo")}>
                <svg className="icon-svg turns" viewBox="0 0 24 24" aria-hidden="true">
                  <path d="M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h3" />
                </svg>
              </button>
            </>
          ) : null}
        </span>
      </div>
      <span className="sr-only" role="status">
        {warns ? fares : ""}
      </span>
      <span className="sr-only" role="status">
        {writes}
      </span>
    </>
  );
}

// A text that two people write at once: at first the words as they stand, then, loaded only where one may write, the editor.
import { Suspense, lazy, useId } from "react";

const Editor = lazy(() => import("./shared_text_editor.jsx"));

// The words without an editor, in the same place and size, so that nothing jumps when it comes.
export function Still({ value = "", title, lines = 1, labelId, className = "" }) {
  return (
    <div
      className={`input people together ${title ? "title" : ""} ${className}`}
      style={{ "--rows": lines }}
      role="group"
      aria-labelledby={labelId}
    >
      {(value || "").split("\n").map((line, index) => (
        <p key={index} dir="auto">
          {line || <br />}
        </p>
      ))}
    </div>
  );
}

export function SharedText(props) {
  const labelId = useId();
  const { label, labelShown = true, hint, disabled, className } = props;
  const still = <Still {...props} labelId={labelId} className={disabled ? "read" : ""} />;
  return (
    <div className={`field ${className ?? ""}`}>
      <span id={labelId} className={labelShown ? "field-label" : "sr-only"}>
        {label}
      </span>
      {hint ? <span className="hint">{hint}</span> : null}
      {disabled ? (
        <>
          {still}
          <div className="fares together-fares" />
        </>
      ) : (
        <Suspense
          fallback={
            <>
              {still}
              <div className="fares together-fares" />
            </>
          }
        >
          <Editor key={props.text} {...props} labelId={labelId} />
        </Suspense>
      )}
    </div>
  );
}

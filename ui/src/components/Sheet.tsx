import { type ReactNode, useEffect, useRef } from "react";

/**
 * A modal on the browser's own dialog: it traps the focus, closes on Esc and gives the focus back,
 * without a library and without styles injected at run time (which the policy forbids).
 */
export function Sheet({
  open,
  onClose,
  title,
  side = "centre",
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  side?: "centre" | "bottom";
  children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (open && dialog && !dialog.open) dialog.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  const place =
    side === "bottom"
      ? "mt-auto mb-0 w-full max-w-full rounded-t-md"
      : "m-auto w-[min(720px,calc(100vw-32px))] rounded-md";
  return (
    // The backdrop is the dialog itself: a click outside of the content closes. Keys: Esc, by the browser.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog by itself
    <dialog
      ref={ref}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
      className={`border border-line bg-surface p-0 shadow-xl ${place}`}
    >
      {open ? (
        <div className="p-5">
          <div className="mb-3 flex items-baseline justify-between gap-4">
            <h2 className="font-semibold">{title}</h2>
            <button type="button" className="button" onClick={onClose}>
              Close
            </button>
          </div>
          {children}
        </div>
      ) : null}
    </dialog>
  );
}

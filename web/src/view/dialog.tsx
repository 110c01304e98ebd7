/* dialog.tsx - a small dialog of the frame, and a menu; both are loaded late (later.tsx). The screens
 * have a dialog of their own (screens/kit.tsx). The browser keeps the focus inside a <dialog>; we give it back. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icons.js";
import { openedMenu } from "./menu.js";
import type { OpenMenu } from "./menu.js";

export function Modal(props: { label: string; kind: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal?.();
    return () => {
      element?.close?.();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class={`modal modal-${props.kind}`} aria-label={props.label}
            onCancel={(event) => { event.preventDefault(); props.onClose(); }}
            onClick={(event) => { if (event.target === dialog.current) props.onClose(); }}>
      {props.children}
    </dialog>
  );
}

export function MenuLayer() {
  const menu = openedMenu.value;
  return menu ? <Menu key={`${menu.x},${menu.y},${menu.label}`} menu={menu} /> : null;
}

function Menu(props: { menu: OpenMenu }) {
  const box = useRef<HTMLDivElement>(null);
  const { menu } = props;
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = box.current;
    if (!element) return undefined;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(8, Math.min(menu.x, innerWidth - width - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(menu.y, innerHeight - height - 8))}px`;
    element.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    return () => { if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) before.focus(); };
  }, []);
  const close = (): void => { openedMenu.value = undefined; };
  const run = (what: () => void): void => {
    close();
    what();
  };
  return (
    <div class="menu-shade" onClick={close} onContextMenu={(event) => { event.preventDefault(); close(); }}>
      <div ref={box} class="menu" role="menu" aria-label={menu.label} onClick={(event) => event.stopPropagation()}
           onKeyDown={(event) => moveInMenu(event, box.current, close)}>
        {menu.emoji && (
          <div class="menu-emoji">
            {menu.emoji.list.map((emoji) => <button key={emoji} type="button" role="menuitem" tabIndex={-1} onClick={() => run(() => menu.emoji?.run(emoji))}>{emoji}</button>)}
          </div>
        )}
        {menu.items.map((item) => (
          <button key={item.label} type="button" role="menuitem" tabIndex={-1} class={item.danger ? "menu-danger" : ""} onClick={() => run(item.run)}>
            <Icon name={item.icon} />{item.label}
          </button>
        ))}
      </div>
    </div>
  );
}

function moveInMenu(event: KeyboardEvent, box: HTMLElement | null, close: () => void): void {
  const items = [...(box?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") close();
  else if (to !== undefined) items[(to + items.length) % items.length]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

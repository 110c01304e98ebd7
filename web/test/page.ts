/* page.ts - as much of a page as Preact needs to render into, for tests of views in node: elements,
 * texts, attributes, events. No layout, no style, no focus but what element has it. Importing it
 * makes the globals. Real browsers are asked in test/browser. */
import { render } from "preact";
import type { ComponentChild } from "preact";

type Listener = (event: object) => void;

class FakeNode {
  parentNode: FakeElement | null = null;
  childNodes: FakeNode[] = [];
  readonly ownerDocument: unknown = undefined;

  get firstChild(): FakeNode | null { return this.childNodes[0] ?? null; }
  get nextSibling(): FakeNode | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }
  get isConnected(): boolean { return true; }
  get textContent(): string { return this.childNodes.map((child) => child.textContent).join(""); }

  insertBefore(child: FakeNode, before: FakeNode | null): FakeNode {
    child.remove();
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, child);
    child.parentNode = this as unknown as FakeElement;
    return child;
  }
  appendChild(child: FakeNode): FakeNode { return this.insertBefore(child, null); }
  removeChild(child: FakeNode): FakeNode { child.remove(); return child; }
  remove(): void {
    const siblings = this.parentNode?.childNodes;
    if (siblings) siblings.splice(siblings.indexOf(this), 1);
    this.parentNode = null;
  }
  contains(other: FakeNode): boolean { return this === other || this.childNodes.some((child) => child.contains(other)); }
}

class FakeText extends FakeNode {
  readonly nodeType = 3;
  constructor(public data: string) { super(); }
  override get textContent(): string { return this.data; }
}

export class FakeElement extends FakeNode {
  readonly nodeType = 1;
  readonly attributes: { readonly name: string; readonly value: string }[] = [];
  readonly listeners = new Map<string, Listener>();
  readonly style = {};
  readonly dataset: { [key: string]: string } = {};
  value = "";
  checked = false;
  disabled = false;
  selected = false;
  files: unknown[] = [];
  open = false;

  constructor(readonly localName: string, readonly namespaceURI: string) { super(); }

  setAttribute(name: string, value: unknown): void {
    this.removeAttribute(name);
    this.attributes.push({ name, value: String(value) });
  }
  removeAttribute(name: string): void {
    const at = this.attributes.findIndex((attribute) => attribute.name === name);
    if (at >= 0) this.attributes.splice(at, 1);
  }
  getAttribute(name: string): string | null { return this.attributes.find((attribute) => attribute.name === name)?.value ?? null; }
  addEventListener(type: string, listener: Listener): void { this.listeners.set(type, listener); }
  removeEventListener(type: string): void { this.listeners.delete(type); }
  dispatch(type: string): void {
    this.listeners.get(type)?.call(this, { type, currentTarget: this, target: this, preventDefault() {}, stopPropagation() {} });
  }
  focus(): void { (document as unknown as { activeElement: FakeElement }).activeElement = this; }
  select(): void {}
  click(): void { this.dispatch("click"); }
  showModal(): void { this.open = true; }
  close(): void { this.open = false; }

  /** All elements below that pass, in the order of the page. */
  all(test: (element: FakeElement) => boolean): FakeElement[] {
    return this.childNodes.flatMap((child) => (child instanceof FakeElement ? [...(test(child) ? [child] : []), ...child.all(test)] : []));
  }
}

const body = new FakeElement("body", "http://www.w3.org/1999/xhtml");
Object.assign(globalThis, {
  document: {
    body, documentElement: new FakeElement("html", ""), activeElement: body,
    createElement: (name: string) => new FakeElement(name, "http://www.w3.org/1999/xhtml"),
    createElementNS: (namespace: string, name: string) => new FakeElement(name, namespace),
    createTextNode: (text: string) => new FakeText(text),
    addEventListener() {}, removeEventListener() {},
  },
  addEventListener() {}, removeEventListener() {},
  HTMLElement: FakeElement,
  requestAnimationFrame: (callback: () => void) => setTimeout(callback, 0), /* Preact runs effects after it */
  cancelAnimationFrame: clearTimeout,
  history: { pushState() {}, replaceState() {}, back() {} },
  location: { hash: "", origin: "https://chat.example.org", hostname: "chat.example.org", host: "chat.example.org" },
});

/** Lets what was asked be answered and rendered. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await new Promise((resolve) => { setTimeout(resolve, 0); });
}

export class Page {
  readonly root = new FakeElement("main", "http://www.w3.org/1999/xhtml");

  async show(view: ComponentChild): Promise<this> {
    render(view, this.root as unknown as Element);
    await settle();
    return this;
  }

  get text(): string { return this.root.textContent; }

  named(name: string, text: string): FakeElement {
    const found = this.root.all((element) => element.localName === name && (element.textContent.trim() === text || element.getAttribute("aria-label") === text));
    if (!found[0]) throw new Error(`there is no <${name}> "${text}" in: ${this.text}`);
    return found[0];
  }

  has(name: string, text: string): boolean {
    return this.root.all((element) => element.localName === name && element.textContent.trim() === text).length > 0;
  }

  /** The field that a label names. */
  field(label: string): FakeElement {
    const id = this.named("label", label).getAttribute("for") ?? (this.named("label", label) as unknown as { htmlFor?: string }).htmlFor;
    const found = this.root.all((element) => (element as unknown as { id?: string }).id === id || element.getAttribute("id") === id);
    if (!found[0]) throw new Error(`no field has the label "${label}"`);
    return found[0];
  }

  alerts(): string[] {
    return this.root.all((element) => element.getAttribute("role") === "alert").map((element) => element.textContent);
  }

  async click(text: string): Promise<void> {
    const button = this.named("button", text);
    if (button.disabled || button.getAttribute("disabled") !== null) throw new Error(`the button "${text}" is disabled`);
    if (button.getAttribute("type") === "submit") {
      let form = button.parentNode;
      while (form && form.localName !== "form") form = form.parentNode;
      form?.dispatch("submit");
    } else button.dispatch("click");
    await settle();
  }

  async type(label: string, value: string): Promise<void> {
    const field = this.field(label);
    field.value = value;
    field.dispatch("input");
    await settle();
  }

  async choose(label: string, value: string): Promise<void> {
    const field = this.field(label);
    field.value = value;
    field.dispatch("change");
    await settle();
  }

  async turn(label: string, on: boolean): Promise<void> {
    const field = this.field(label);
    field.checked = on;
    field.dispatch("change");
    await settle();
  }

  async leave(): Promise<void> {
    render(null, this.root as unknown as Element);
    await settle();
  }
}

/* memo.ts - a view that is drawn again only when one of its properties is another one: lists of
 * hundreds of messages stay cheap while the state changes. */
import { Component, h } from "preact";
import type { ComponentType } from "preact";

export function memo<P extends object>(View: ComponentType<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const before = this.props as { [key: string]: unknown };
      const after = next as { [key: string]: unknown };
      return Object.keys(after).some((key) => before[key] !== after[key]) || Object.keys(before).length !== Object.keys(after).length;
    }
    override render() { return h(View as ComponentType<object>, this.props); }
  };
}

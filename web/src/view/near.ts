/* near.ts - pictures are asked for when they come near the window: of hundreds most are never seen. */
const NEAR = "400px";

/** Acts once, when the element is near; gives what ends the waiting. */
export function whenNear(element: Element | null, act: () => void): () => void {
  if (!element || typeof IntersectionObserver === "undefined") return () => undefined;
  const observer = new IntersectionObserver(([entry]) => {
    if (!entry?.isIntersecting) return;
    observer.disconnect();
    act();
  }, { rootMargin: NEAR });
  observer.observe(element);
  return () => observer.disconnect();
}

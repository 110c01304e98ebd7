/* modules.d.ts - what esbuild makes of files and names that are no TypeScript. */
declare module "*.css";
declare module "emoji-list" {
  const list: string;
  export default list;
}

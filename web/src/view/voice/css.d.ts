/* Styles are bundled by esbuild (build.mjs); importing them gives nothing. */
declare module "*.css";

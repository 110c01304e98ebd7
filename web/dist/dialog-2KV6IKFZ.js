import{a as o,b as r}from"./chunk-ICHMLF2K.js";import"./chunk-2BNGWCVI.js";export{r as MenuLayer,o as Modal};

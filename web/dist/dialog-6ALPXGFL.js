import{a as o,b as r}from"./chunk-HTMJMRQR.js";import"./chunk-Z6BBMZ2A.js";export{r as MenuLayer,o as Modal};

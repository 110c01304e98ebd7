import{a as o,b as r}from"./chunk-7GX7CM45.js";import"./chunk-A4LDU3UP.js";export{r as MenuLayer,o as Modal};

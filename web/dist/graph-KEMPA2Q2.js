import{a as o,b as r}from"./chunk-J2TNPZSY.js";import"./chunk-2BNGWCVI.js";export{r as Graph,o as openMicrophone};

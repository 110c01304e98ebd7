import{a as o,b as r}from"./chunk-J2TNPZSY.js";import"./chunk-Z6BBMZ2A.js";export{r as Graph,o as openMicrophone};

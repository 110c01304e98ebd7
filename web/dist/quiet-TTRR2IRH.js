import{a as o,b as r,c as m,d as p}from"./chunk-5ANA26QV.js";import"./chunk-K2CJGJOL.js";export{p as isQuietAt,o as parseQuietHours,m as renewedQuietHours,r as writeQuietHours};

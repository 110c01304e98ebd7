import{a as o,b as r,c as m,d as p}from"./chunk-62O3MRG6.js";import"./chunk-AYRMZS5W.js";import"./chunk-54TNPJZB.js";export{o as COMMANDS,m as commandsFor,p as minutesOf,r as readLine};

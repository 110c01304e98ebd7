import{a as o,b as r,c as m,d as p}from"./chunk-VZEXP7VN.js";import"./chunk-QJWBLS2D.js";import"./chunk-QTZAJ5AF.js";export{o as COMMANDS,m as commandsFor,p as minutesOf,r as readLine};

import{d as o,e as r,f as m}from"./chunk-2AOC7MWA.js";import"./chunk-AGCEF2UP.js";import"./chunk-QMWFIGWV.js";import"./chunk-Z6BBMZ2A.js";export{m as ProfileScreen,r as localTime,o as useProfile};

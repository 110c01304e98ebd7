import{d as o,e as r,f as m}from"./chunk-4YMJYDP5.js";import"./chunk-CDTSG2IH.js";import"./chunk-BLECJVEI.js";import"./chunk-54TNPJZB.js";export{m as ProfileScreen,r as localTime,o as useProfile};

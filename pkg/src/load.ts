export type * from "../c3lrp.js";

/** A module of the package with a light library (plugins.js). */
declare module "*?light";
declare module "*?light-relaxed";

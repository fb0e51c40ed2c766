/** A module of the package with the light library (plugins.js). */
declare module "*?light";

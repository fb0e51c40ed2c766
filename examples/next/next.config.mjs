// On the server the package is used as it lies in node_modules: it starts a thread from a file of its own.
export default { serverExternalPackages: ["c3lrp"] };

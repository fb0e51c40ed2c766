// The package's worker with the light library, which can't use the GPU; plugins.js inserts it.
import "c3lrp/worker?light";

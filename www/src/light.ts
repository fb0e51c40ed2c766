// The package's worker with the light library, which has no part for the GPU: plugins.js puts it in.
import "c3lrp/worker?light";

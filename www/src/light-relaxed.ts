// As light.ts, with the library for engines that have relaxed-simd.
import "c3lrp/worker?light-relaxed";

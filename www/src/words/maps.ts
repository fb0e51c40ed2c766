import type { MethodName } from "c3lrp";
import { methodTitle } from "../methods";
import type { Words } from "./words";

/** The title of a measured map, by its candidate's id. */
export function mapTitle({ t }: Words, id: string): string {
  const { baselines, byDefault } = t.measuring;
  if (id === "uniform" || id === "gaussian") return baselines[id];
  const [name, standard] = id.split("/");
  const title = methodTitle(name as MethodName);
  return standard === undefined ? title : byDefault(title);
}

import { useRef } from "preact/hooks";
import { NetworkCard } from "./network-card";
import type { Props } from "./props";

/** Any network on Hugging Face by its name: first its description, then, after another click, its weights. */
export function Hub(props: Props) {
  const { words, looked, looking } = props.state;
  const field = useRef<HTMLInputElement>(null);
  const t = words.t.networks.hub;
  return (
    <li id="hub" class="card">
      <h3>{t.title}</h3>
      <p class="soft">{t.about}</p>
      <form
        id="hub-form"
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (!looking) props.actions.choosing.lookUp(field.current?.value ?? "");
        }}
      >
        <label>
          <span class="unseen">{t.name}</span>
          <input
            ref={field}
            id="hub-name"
            type="text"
            placeholder={t.placeholder}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        </label>
        <button id="hub-look" type="submit" aria-disabled={looking}>
          {looking ? t.looking : t.look}
        </button>
      </form>
      <ul id="hub-found" hidden={!looked}>
        {looked && <NetworkCard key={looked.id} {...props} entry={looked} place="looked" main />}
      </ul>
    </li>
  );
}

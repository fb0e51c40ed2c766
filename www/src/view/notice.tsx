import type { Props } from "./props";

/** An error or a message, with a button to do something about it. */
export function Notice({ state: { notice, words }, actions }: Props) {
  return (
    <div id="notice" role="alert" hidden={!notice} data-kind={notice?.kind ?? "word"}>
      <div>
        <p id="notice-text">{notice?.say(words)}</p>
        <div id="notice-choices" class="row" hidden={!notice?.choices}>
          {notice?.choices?.map(({ say, action }) => (
            <button
              key={say(words)}
              type="button"
              data-then="headline"
              onClick={() => actions.answerNotice(action)}
            >
              {say(words)}
            </button>
          ))}
        </div>
      </div>
      <button
        id="notice-close"
        type="button"
        class="quiet"
        data-then="headline"
        aria-label={words.t.stage.notice.dismiss}
        onClick={actions.telling.dismiss}
      >
        ✕
      </button>
    </div>
  );
}

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./api.ts";
import { useHere } from "./context.ts";

/** The form for a bridge that wants a token. */
export function Login() {
  const { live, t } = useHere();
  const [failure, setFailure] = useState("");
  const [isAsking, setIsAsking] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async () => {
    setIsAsking(true);
    try {
      await live.login(field.current?.value.trim() ?? "");
    } catch (error) {
      const isWrong = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setFailure(isWrong ? t("login.wrong") : t("page.failed", { reason: (error as Error).message }));
      field.current?.select();
    } finally {
      setIsAsking(false);
    }
  };
  return (
    <main class="waiting">
      <section class="card login" aria-labelledby="login-title">
        <h2 id="login-title">{t("login.title")}</h2>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <label for="token">{t("login.token")}</label>
          <input
            ref={field}
            id="token"
            name="token"
            type="password"
            required
            autocomplete="current-password"
            aria-describedby="token-hint"
            aria-invalid={failure !== ""}
          />
          <p id="token-hint" class="quiet">
            {t("login.hint")}
          </p>
          <p class="failure" role="alert">
            {failure}
          </p>
          <button type="submit" class="primary" disabled={isAsking}>
            {t("login.submit")}
          </button>
        </form>
      </section>
    </main>
  );
}

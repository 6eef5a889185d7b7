/** The fields of the forms before the chat, as browsers and password managers know them. */
import { useT } from "@/i18n";
import { Field } from "@/ui/Field";

import { SHORTEST_PASSWORD } from "../api/newPassword";

interface ValueProps {
  value: string;
  onValue: (value: string) => void;
}

export function EmailField(props: ValueProps) {
  const t = useT();
  return <Field label={t.auth.email} type="email" name="email" autoComplete="username" required {...props} />;
}

export function CodeField({ label, ...props }: ValueProps & { label: string }) {
  return <Field label={label} inputMode="numeric" autoComplete="one-time-code" required {...props} />;
}

export function NewPasswordField(props: ValueProps) {
  const t = useT();
  const { newPassword, passwordRules } = t.auth;
  return <Field label={newPassword} hint={passwordRules} type="password" autoComplete="new-password" minLength={SHORTEST_PASSWORD} required {...props} />;
}

package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Makes users who set their password themselves. Changes join the transaction of their caller. */
@Component
class Invitations {
  private final UserStore users;
  private final SetUps setUps;
  private final Audit audit;
  private final InstantSource clock;

  Invitations(UserStore users, SetUps setUps, Audit audit, InstantSource clock) {
    this.users = users;
    this.setUps = setUps;
    this.audit = audit;
    this.clock = clock;
  }

  /** A user who was just made, with the right to set its password. */
  record Invited(User user, SetUp setUp) {}

  /** Makes a user of the tenant. */
  Invited invite(Caller caller, TenantId tenant, User.Input input, boolean main) {
    Instant now = clock.instant();
    User made =
        new User(
            UserId.generate(now),
            tenant,
            input.name(),
            input.role(),
            main,
            input.email(),
            input.externalId(),
            Objects.requireNonNullElse(input.remark(), ""),
            User.State.INVITED,
            false,
            null,
            now,
            null,
            1);
    users
        .insert(made)
        .ifPresent(taken -> {
          throw inUse(taken);
        });
    audit.append(caller, "user.create", made.id().text(), null, made);
    return new Invited(made, setUps.issue(tenant, made.id()));
  }

  static Refusal inUse(UserStore.Taken taken) {
    return new Refusal.Conflict(
        ProblemType.NAME_IN_USE,
        switch (taken) {
          case NAME -> "There is a user of that name on this platform already.";
          case EMAIL -> "Another user of this platform has that e-mail address.";
          case EXTERNAL_ID -> "Another user of this platform has that external id.";
        });
  }
}

package dev.poise.server.platform;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every kind of problem the API answers with. The slug is its stable name, {@code /problems/<slug>}
 * its page.
 */
public enum ProblemType {
  VALIDATION_FAILED(
      422,
      "The request is not valid",
      "One or more fields are wrong. Each entry of errors names one of them."),
  IMMUTABLE_FIELD(
      422,
      "The field cannot be changed",
      "The field is fixed when the object is made. Make a new object instead."),
  PORT_RESERVED(422, "The port is reserved", "Nodes use this port themselves. Choose another one."),
  UNSUPPORTED_FOR_PROTOCOL(
      422,
      "The option does not fit the protocol",
      "The option has no meaning for the listener's protocol, so it is refused rather than"
          + " ignored."),
  CERTIFICATE_KEY_MISMATCH(
      422,
      "The private key is not the certificate's",
      "Send the key that the certificate was made for."),
  IDEMPOTENCY_KEY_REUSED(
      422,
      "The idempotency key was used for something else",
      "The same Idempotency-Key came with another request within 24 hours. Use a new key for a new"
          + " request."),
  PORT_IN_USE(
      409,
      "The port is in use",
      "Another listener of the load balancer has this port in the same protocol family."),
  NAME_IN_USE(409, "The name is in use", "Names of this kind are unique. Choose another one."),
  MEMBER_EXISTS(409, "The member exists", "A pool holds an address and port once."),
  RULE_EXISTS(409, "The rule exists", "A listener has one rule for a domain and path."),
  ADDRESS_IN_USE(
      409,
      "The address is in use",
      "Something else holds this address, or a node has not let go of it yet."),
  ADDRESS_EXHAUSTED(
      409,
      "No address is free",
      "Every address of the subnet or pool is given out. Free one or take another."),
  LISTENER_HAS_MEMBERS(
      409,
      "The listener has members",
      "Remove the members of its default pool first, or ask for both with removeMembers=true."),
  POOL_IN_USE(
      409,
      "The pool is in use",
      "A listener or a rule sends its traffic there. Give it another pool first."),
  CERTIFICATE_IN_USE(
      409,
      "The certificate is in use",
      "Listeners show it or check clients with it. Give them another one first."),
  SECURITY_GROUP_IN_USE(
      409,
      "The security group is in use",
      "Load balancers are filtered by it. Bind another one to them, or none, first."),
  RANGE_OVERLAPS(
      409,
      "The address range overlaps",
      "Subnets of one VPC must not overlap, nor pools of elastic IPs of one data centre."),
  ELASTIC_IP_ALREADY_BOUND(
      409,
      "The elastic IP is bound",
      "An elastic IP is the entrance of one load balancer, and a load balancer has one. Unbind it"
          + " first, or swap."),
  INSTANCE_IN_USE(
      409,
      "The instance is in use",
      "Members have its address. Delete them, or give them another one, first."),
  NUMBER_IN_USE(
      409,
      "The number is in use",
      "Router ids are unique in a data centre, priorities of nodes in a cluster. Choose another"
          + " one."),
  NODE_WITHOUT_ADDRESS(
      409,
      "A node has no address",
      "Nodes that move addresses between them reach each other at addresses of their own. Set them"
          + " first."),
  NO_STANDBY(
      409,
      "No other node can take over",
      "The detail says why. A node is drained nevertheless with force=true; nobody serves then."),
  IN_USE(409, "It is in use", "The detail names what uses it. Delete that first."),
  DELETION_PROTECTED(409, "Deletion protection is on", "Set deletionProtection to false first."),
  BEING_DELETED(409, "The load balancer is being deleted", "It takes no more changes."),
  ETAG_MISMATCH(
      412,
      "The object changed meanwhile",
      "If-Match names another version than the current one. Read it again and repeat the change."),
  TENANT_NOT_EMPTY(
      409, "The tenant is not empty", "Delete what it has first. The detail says what that is."),
  SECOND_FACTOR_ON(409, "One-time codes are on", "Switch them off with a code first."),
  LAST_ADMINISTRATOR(
      409,
      "The tenant would be without an administrator",
      "Make another user an administrator first."),
  QUOTA_EXCEEDED(403, "A limit is reached", "The limit is named in the detail."),
  FORBIDDEN(403, "Not allowed", "The key's role does not allow this."),
  UNAUTHENTICATED(
      401,
      "Not signed in",
      "Send a valid key as Authorization: Bearer <key>, or sign in at /api/v1/sessions."),
  CODE_REQUIRED(
      401,
      "A one-time code is needed",
      "Sign in again, with the code of your authenticator or a recovery code as code."),
  RATE_LIMITED(
      429, "Too many attempts", "Wait as many seconds as Retry-After says, then try again."),
  NOT_FOUND(404, "Not found", "There is no such object, or it is not yours."),
  METHOD_NOT_ALLOWED(
      405,
      "The method is not allowed here",
      "See the API's documentation for what this address takes."),
  NOT_ACCEPTABLE(406, "No such representation", "The API answers with application/json."),
  TOO_LARGE(413, "The request is too large", "A body may have 2 MiB."),
  UNSUPPORTED_MEDIA_TYPE(415, "The body's type is not understood", "Send application/json."),
  BAD_REQUEST(
      400,
      "The request could not be understood",
      "The body is not JSON, or a parameter has a wrong form."),
  UNAVAILABLE(
      503,
      "Not available at the moment",
      "The database or another part is away. Load balancers keep serving; try again."),
  INTERNAL(500, "Something went wrong on our side", "It is logged under the request's id.");

  private final int status;
  private final String title;
  private final String advice;

  ProblemType(int status, String title, String advice) {
    this.status = status;
    this.title = title;
    this.advice = advice;
  }

  /** The HTTP status it is answered with. */
  public int status() {
    return status;
  }

  /** What it is, in a few words. */
  public String title() {
    return title;
  }

  /** What to do about it, in a sentence. */
  public String advice() {
    return advice;
  }

  /** Its stable name, such as {@code port-in-use}. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The type of that name. */
  public static Optional<ProblemType> of(String slug) {
    return Arrays.stream(values()).filter(type -> type.slug().equals(slug)).findFirst();
  }

  /** The type that fits a status nobody gave a type for. */
  static ProblemType forStatus(int status) {
    return Arrays.stream(
            new ProblemType[] {
              BAD_REQUEST,
              UNAUTHENTICATED,
              FORBIDDEN,
              NOT_FOUND,
              METHOD_NOT_ALLOWED,
              NOT_ACCEPTABLE,
              TOO_LARGE,
              UNSUPPORTED_MEDIA_TYPE,
              UNAVAILABLE
            })
        .filter(type -> type.status == status)
        .findFirst()
        .orElse(status >= 500 ? INTERNAL : BAD_REQUEST);
  }
}

package dev.poise.server.isolation;

import dev.poise.server.platform.Caller;
import dev.poise.spec.LoadBalancerId;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PathVariable;

/** Routes as somebody in a hurry might write them. The test adds them; nothing else knows them. */
public final class Forgetful {
  private final JdbcClient db;

  Forgetful(JdbcClient db) {
    this.db = db;
  }

  public ResponseEntity<String> readsOfAnyTenant(@PathVariable LoadBalancerId id) {
    return ResponseEntity.ok(
        db.sql("SELECT name FROM load_balancers WHERE id = ?")
            .param(id.text())
            .query(String.class)
            .single());
  }

  public ResponseEntity<String> changesWhatAnotherUserMade(
      Caller caller, @PathVariable LoadBalancerId id) {
    int changed =
        db.sql("UPDATE load_balancers SET update_time = now() WHERE tenant_id = ? AND id = ?")
            .params(caller.tenant().text(), id.text())
            .update();
    return ResponseEntity.status(changed == 1 ? 200 : 404).body("done");
  }

  public ResponseEntity<String> takesAnIdNobodyKnows(@PathVariable String name) {
    return ResponseEntity.ok(name);
  }
}

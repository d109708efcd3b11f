-- CreateTable
CREATE TABLE "audit_events" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "event" TEXT NOT NULL,
    "user_id" TEXT,
    "session_id" TEXT,
    "ip_address" TEXT,
    "request_id" TEXT,
    "reason" TEXT,
    "count" INTEGER,
    "client_id" TEXT
);

-- CreateIndex
CREATE INDEX "audit_events_user_id_at_id_idx" ON "audit_events"("user_id", "at", "id");

-- CreateIndex
CREATE INDEX "audit_events_at_idx" ON "audit_events"("at");
